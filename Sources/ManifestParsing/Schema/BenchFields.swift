import FrappeModel

/// The fields of `FrappeBench`.
enum BenchFields {
    static let table: [FieldSchema] =
        CommonFields.start + [
            CommonFields.name(.label, example: "shop"), .init("spec", .map, "The bench.", required: true),
        ]
        + version + apps + replicas + componentResources + jobResources + redis + domains
        + CommonFields.database("spec.dbConfig", "The database that its sites get unless they say otherwise.")
        + autoscaling + further + later + CommonFields.pods("spec.podConfig")

    private static let version: [FieldSchema] = [
        .init(
            "spec.frappeVersion", .imageTag, "Version of Frappe; the image's tag when imageConfig gives none.",
            example: "version-15"),
        .init("spec.imageConfig", .map, "The image that all its containers run."),
        .init(
            "spec.imageConfig.repository", .imageRepository, "Name of the image, without the tag.",
            example: "frappe/erpnext", default: "frappe/erpnext"),
        .init("spec.imageConfig.tag", .imageTag, "Tag of the image.", example: "v15.42.1", default: "frappeVersion"),
        .init(
            "spec.imageConfig.pullPolicy", .choice(ImageSettings.PullPolicy.allCases.map(\.rawValue)),
            "When to ask the registry.", example: "IfNotPresent", default: "IfNotPresent"),
        .init("spec.imageConfig.pullSecrets", .list, "Logins of private registries."),
        .init("spec.imageConfig.pullSecrets[]", .map, "A Secret of type kubernetes.io/dockerconfigjson."),
        .init("spec.imageConfig.pullSecrets[].name", .objectName, "Its name.", required: true),
    ]

    private static let derived = "a derived image is needed; not built yet: use an image that contains the app"

    private static let apps: [FieldSchema] = [
        .init("spec.apps", .list, "Apps of the bench beside frappe; they must be in the image.", default: "none"),
        .init("spec.apps[]", .map, "An app."),
        .init("spec.apps[].name", .appName, "Name of its Python package.", example: "erpnext", required: true),
        .init(
            "spec.apps[].source", .choice(["image", "git", "fpm"], refused: ["git": derived, "fpm": derived]),
            "Where the app comes from.", example: "image", default: "image"),
        .init("spec.apps[].version", .text, "Version of an fpm package.", example: "15.0.0", status: .notYet),
        .init("spec.apps[].org", .text, "Owner of an fpm package.", example: "frappe", status: .notYet),
        .init(
            "spec.apps[].gitUrl", .text, "Git repository.", example: "https://github.com/frappe/hrms", status: .notYet),
        .init("spec.apps[].gitBranch", .text, "Branch of the repository.", example: "version-15", status: .notYet),
        .init("spec.appsJSON", .jsonNames, "Apps as a JSON list; deprecated, use apps.", example: "'[\"erpnext\"]'"),
    ]

    private static let replicas: [FieldSchema] =
        [.init("spec.componentReplicas", .map, "How many containers run each component.")]
        + [
            ("gunicorn", 1...100, "Web servers."), ("nginx", 1...100, "Inner proxies; one is enough here."),
            ("socketio", 1...100, "Realtime servers; one is enough here."),
            ("scheduler", 1...1, "Schedulers; there can be only one."),
            ("workerDefault", 0...100, "Workers of the default queue."),
            ("workerLong", 0...100, "Workers of the long queue."),
            ("workerShort", 0...100, "Workers of the short queue."),
        ].map { name, range, meaning in
            .init("spec.componentReplicas.\(name)", .integer(range), meaning, example: "1", default: "1")
        }

    /// The keys of `componentResources` with the component each is for.
    static let resourceComponents: [(key: String, component: Component)] = [
        .web, .edge, .scheduler, .socketio, .workerDefault, .workerLong, .workerShort,
    ].map { ($0.manifestKey, $0) }

    private static let componentResources: [FieldSchema] =
        [.init("spec.componentResources", .map, "CPU and memory; a component that is missing keeps the default.")]
        + resourceComponents.flatMap {
            CommonFields.resources(
                "spec.componentResources.\($0.key)", "CPU and memory of each \($0.component.rawValue).")
        }

    private static let jobResources: [FieldSchema] =
        [
            .init(
                "spec.jobResources", .map,
                "CPU and memory of work in a container of its own, such as the creation of a site.")
        ]
        + [
            ("default", "Of all work that has no entry of its own.", FieldSchema.Status.inForce),
            (Job.benchInit.rawValue, "Reading an image, directories, configuration, assets.", .inForce),
            (Job.siteInit.rawValue, "The creation of a site with its apps.", .inForce),
            (Job.maintenance.rawValue, "Renaming and deleting a site, its last dump and its settings.", .inForce),
            ("appInstall", "Installing an app on a site.", .notYet), ("backup", "Backups.", .notYet),
            ("restore", "Restoring a backup.", .notYet), ("migration", "Migrating a site.", .notYet),
            ("cron", "Work by a schedule.", .notYet),
        ].flatMap { CommonFields.resources("spec.jobResources.\($0.0)", $0.1, status: $0.2) }

    private static let redis: [FieldSchema] =
        [
            .init("spec.redisConfig", .map, "The Redis of the bench: one for the cache, one for the queue."),
            .init(
                "spec.redisConfig.type", .choice(RedisSettings.Flavour.allCases.map(\.rawValue)),
                "Which server it is; of dragonfly only the cache, since a queue in it would lose jobs.",
                example: "redis", default: "redis"),
            .init(
                "spec.redisConfig.image", .image, "Its image.", example: "redis:7",
                default: "that of Host, or of the type"),
            .init(
                "spec.redisConfig.maxMemory", .memory(atLeast: 1 << 20), "What the cache may hold.", example: "128Mi",
                default: "128Mi, less on a small machine"),
            .init(
                "spec.redisConfig.storageSize", .memory(atLeast: 1 << 20),
                "What the queue's journal should stay below; more is told.", example: "1Gi"),
            .init(
                "spec.redisConfig.external", .bool, "Use one Redis that runs elsewhere for cache and queue.",
                example: "false", default: "false"),
            .init(
                "spec.redisConfig.host", .dnsName, "Host of an external Redis, as containers reach it.",
                example: "redis.example.com"),
            .init(
                "spec.redisConfig.port", .integer(1...65_535), "Port of an external Redis.", example: "6379",
                default: "6379"),
        ]
        + CommonFields.resources("spec.redisConfig.resources", "CPU and memory of each Redis.")
        + CommonFields.reference(
            "spec.redisConfig.connectionSecretRef",
            "Secret with the password of an external Redis, and its username where it has one.")

    private static let domains: [FieldSchema] =
        [
            .init("spec.domainConfig", .map, "Domains of its sites."),
            .init(
                "spec.domainConfig.suffix", .domainSuffix, "Appended to a site's name that does not end with it.",
                example: ".example.com"),
            .init(
                "spec.domainConfig.autoDetect", .bool,
                "Append the host's domain (spec.domain of Host) to names without dots.", example: "false",
                default: "true"),
        ]
        + CommonFields.reference(
            "spec.domainConfig.ingressControllerRef", "The ingress controller to ask for the domain.",
            status: .meaningless)

    private static let counts: [(name: String, range: ClosedRange<Int>, meaning: String)] = [
        ("staticReplicas", 0...100, "Number while nothing scales it."), ("minReplicas", 0...100, "Fewest."),
        ("maxReplicas", 1...100, "Most."), ("queueLength", 1...100_000, "Jobs per worker that call for one more."),
        ("cooldownPeriod", 0...86_400, "Seconds before one is taken away."),
        ("pollingInterval", 1...86_400, "Seconds between looks at the queue."),
        ("targetCPUUtilization", 1...100, "Percent of CPU that calls for one more."),
    ]

    private static func scaling(_ path: String, _ names: [String], _ meaning: String) -> [FieldSchema] {
        [
            .init(path, .map, meaning),
            .init(
                "\(path).enabled", .bool, "Whether it scales by itself; until then, staticReplicas run, or its fewest.",
                status: .notYet,
                quiet: "false"),
        ]
            + counts.filter { names.contains($0.name) }
            .map { .init("\(path).\($0.name)", .integer($0.range), $0.meaning, example: "\($0.range.lowerBound)") }
    }

    private static let autoscaling: [FieldSchema] =
        [.init("spec.workerAutoscaling", .map, "Workers that follow the length of their queue.")]
        + ["short", "long", "default"].flatMap {
            scaling("spec.workerAutoscaling.\($0)", counts.dropLast().map(\.name), "Workers of the \($0) queue.")
        }
        + [.init("spec.componentHPA", .map, "Components that follow their load.")]
        + scaling(
            "spec.componentHPA.gunicorn", ["minReplicas", "maxReplicas", "targetCPUUtilization"], "Web servers.")
        + [.init("spec.componentAutoscaling", .namedMap, "Components that follow their load.")]
        + scaling(
            "spec.componentAutoscaling.*",
            counts.map(\.name).filter { $0 != "targetCPUUtilization" && $0 != "queueLength" },
            "One component.")
        + [
            .init(
                "spec.componentAutoscaling.*.provider", .choice(["keda", "hpa"]), "What scales it.",
                status: .meaningless),
            .init("spec.componentAutoscaling.*.keda", .anything, "Settings of KEDA.", status: .notYet),
            .init("spec.componentAutoscaling.*.hpa", .anything, "Settings of the HPA.", status: .notYet),
        ]

    private static let later: [FieldSchema] =
        [
            .init(
                "spec.storageClassName", .text,
                "Where its files live: a name of spec.storageClasses of Host; without any there it means nothing.",
                example: "fast", default: "default, below the root"),
            .init(
                "spec.storageSize", .memory(atLeast: 1 << 20),
                "What its files should stay below: a hard limit on sites/ where the file system has project quotas, else "
                    + "status tells when `frappectl disk` measured more.", example: "10Gi"),
            .init(
                "spec.commonSiteConfig", .anything, "Further keys of common_site_config.json, which all sites read.",
                example: "{server_script_enabled: 1}"),
            .init(
                "spec.maxStatementTimeSeconds", .integer(0...86_400),
                "As dbConfig.maxStatementTimeSeconds, for sites that have none.", example: "60", default: "0, no bound"),
            .init("spec.gitConfig", .map, "Apps from Git.", status: .notYet),
            .init("spec.gitConfig.enabled", .bool, "Whether apps may come from Git.", example: "true"),
            .init("spec.fpmConfig", .anything, "Repositories of fpm packages.", status: .notYet),
            .init("spec.security", .map, "Users and rights of the containers.", status: .meaningless),
            .init("spec.security.podSecurityContext", .anything, "Rights of a pod."),
            .init("spec.security.securityContext", .anything, "Rights of a container."),
            .init("spec.namespacePolicy", .anything, "Quotas of a namespace.", status: .meaningless),
            .init(
                "spec.siteReconcileConcurrency", .integer(1...1000), "Sites the operator works on at a time.",
                status: .meaningless),
        ]
}
