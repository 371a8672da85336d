import FrappeModel

/// The schema that the operator ships, by kind and version: v1alpha1 as at v2.3 and its later additions, v1 as at v5.4.
enum OperatorSchema {
    enum Version: String, CaseIterable {
        case old = "vyogo.tech/v1alpha1"
        case new = "vyogo.tech/v1"
    }

    /// The shape of `spec`; nil where the version has no such kind.
    static func spec(of kind: ManifestKind, _ version: Version) -> OperatorShape? {
        switch kind {
        case .bench: .object(version == .old ? oldBench : newBench)
        case .site: .object(version == .old ? oldSite : newSite)
        default:
            version == .new || oldKinds.contains(kind)
                ? ManifestSchema.root(of: kind).child("spec")?.operatorShape : nil
        }
    }

    private static let oldKinds: Set<ManifestKind> = [
        .backup, .restore, .user, .job, .workspace, .dashboard, .dashboardChart, .frappeWorkpace,
    ]

    private static let commonBench: [OperatorField] = [
        .init("frappeVersion", .text, required: true), .init("apps", .list(app)), .init("appsJSON", .text),
        .init("imageConfig", image), .init("componentResources", componentResources), .init("redisConfig", redis),
        .init("storageClassName", .text), .init("storageSize", .text), .init("dbConfig", database),
        .init("domainConfig", domain), .init("fpmConfig", packages),
        .init("gitConfig", .object([.init("enabled", .flag)])),
        .init("security", .object([.init("podSecurityContext", .anything), .init("securityContext", .anything)])),
        .init("siteReconcileConcurrency", .integer), .init("podConfig", pods),
    ]

    private static let oldBench =
        commonBench + [
            .init("componentReplicas", .object(replicated.map { .init($0, .integer) })),
            .init("workerAutoscaling", .object(["short", "long", "default"].map { .init($0, workerScaling) })),
        ] + ["gunicorn", "socketIO", "nginx"].map { .init("\($0)Autoscaling", oldScaling) }

    private static let newBench =
        commonBench + [
            .init("componentAutoscaling", .named(scaling)), .init("jobResources", jobResources),
            .init("namespacePolicy", .object(guardrails.map { .init($0, .named(.quantity)) })),
            .init(
                "observability",
                .object([.init("enableTelemetry", .flag), .init("otelExporterEndpoint", .text)])),
        ]

    private static let oldSite: [OperatorField] = [
        .init("benchRef", reference, required: true), .init("siteName", .text, required: true),
        .init("adminPasswordSecretRef", secret), .init("dbConfig", database), .init("domain", .text),
        .init("tls", certificate), .init("ingressClassName", .text), .init("ingress", ingress),
        .init("routeConfig", route), .init("apps", .list(.text)),
    ]

    private static let newSite =
        oldSite + [
            .init("encryptionKeySecretRef", key), .init("podConfig", pods), .init("skipInit", .flag),
            .init("deletionPolicy", .words(["Retain", "Delete"])),
        ]
}

// What both kinds are made of.
extension OperatorSchema {
    private static let reference = OperatorShape.object([
        .init("name", .text, required: true), .init("namespace", .text),
    ])
    /// Of a Secret not even the name is required.
    private static let secret = OperatorShape.object([.init("name", .text), .init("namespace", .text)])
    private static let key = OperatorShape.object([
        .init("name", .text), .init("key", .text, required: true), .init("optional", .flag),
    ])
    private static let resources = OperatorShape.object([
        .init("requests", .named(.quantity)), .init("limits", .named(.quantity)),
    ])
    private static let app = OperatorShape.object([
        .init("name", .text, required: true), .init("source", .words(["fpm", "git", "image"]), required: true),
        .init("version", .text), .init("org", .text), .init("gitUrl", .text), .init("gitBranch", .text),
    ])
    private static let image = OperatorShape.object([
        .init("repository", .text), .init("tag", .text),
        .init("pullPolicy", .words(["Always", "Never", "IfNotPresent"])),
        .init("pullSecrets", .list(.object([.init("name", .text)]))),
    ])
    private static let replicated = ["gunicorn", "nginx", "socketio", "workerDefault", "workerLong", "workerShort"]
    private static let componentResources = OperatorShape.object(
        (replicated + ["scheduler"]).map { .init($0, resources) })
    private static let jobResources = OperatorShape.object(
        [
            "default", "benchInit", "siteInit", "appInstall", "backup", "restore", "migration", "cron", "maintenance",
        ].map { .init($0, resources) })
    private static let guardrails = ["resourceQuota", "defaultRequests", "defaultLimits", "maxLimits"]
    private static let redis = OperatorShape.object([
        .init("type", .words(["redis", "dragonfly"]), required: true), .init("image", .text),
        .init("maxMemory", .quantity), .init("resources", resources), .init("storageSize", .quantity),
        .init("connectionSecretRef", secret), .init("host", .text), .init("port", .integer),
        .init("external", .flag),
    ])
    private static let database = OperatorShape.object([
        .init("provider", .words(["mariadb", "postgres", "sqlite", "external"])),
        .init("mode", .words(["shared", "dedicated"])), .init("mariadbRef", reference),
        .init("postgresRef", reference), .init("storageSize", .quantity), .init("resources", resources),
        .init("host", .text), .init("port", .text), .init("image", .text), .init("connectionSecretRef", secret),
        .init("maxStatementTimeSeconds", .integer),
    ])
    private static let domain = OperatorShape.object([
        .init("suffix", .text), .init("autoDetect", .flag), .init("ingressControllerRef", reference),
    ])
    private static let packages = OperatorShape.object([
        .init(
            "repositories",
            .list(
                .object([
                    .init("name", .text, required: true), .init("url", .text, required: true),
                    .init("priority", .integer), .init("authSecretRef", secret),
                ]))), .init("defaultRepo", .text),
    ])
    private static let pods = OperatorShape.object([
        .init("labels", .texts), .init("nodeSelector", .texts), .init("affinity", .anything),
        .init("tolerations", .list(.anything)),
        .init("geoTag", .object([.init("region", .text), .init("zone", .text)])),
    ])
    private static let certificate = OperatorShape.object([
        .init("enabled", .flag), .init("secretName", .text), .init("issuer", .text),
    ])
    private static let ingress = OperatorShape.object([
        .init("enabled", .flag), .init("className", .text), .init("annotations", .texts), .init("tls", certificate),
    ])
    private static let route = OperatorShape.object([
        .init("enabled", .flag), .init("host", .text),
        .init("tlsTermination", .words(["edge", "passthrough", "reencrypt"])),
        .init("wildcardPolicy", .words(["none", "subdomain"])), .init("annotations", .texts),
    ])
    private static let workerScaling = OperatorShape.object(
        [.init("enabled", .flag)]
            + ["staticReplicas", "minReplicas", "maxReplicas", "queueLength", "cooldownPeriod", "pollingInterval"]
            .map { .init($0, .integer) })
    private static let oldScaling = OperatorShape.object(
        [.init("enabled", .flag)]
            + [
                "minReplicas", "maxReplicas", "targetCPUUtilizationPercentage", "targetMemoryUtilizationPercentage",
                "cooldownPeriod", "pollingInterval",
            ].map { .init($0, .integer) } + [.init("triggers", .list(trigger))])
    private static let trigger = OperatorShape.object([
        .init("type", .text, required: true), .init("metadata", .texts), .init("authenticationRef", .text),
    ])
    private static let scaling = OperatorShape.object(
        [.init("enabled", .flag), .init("provider", .words(["keda", "hpa"]))]
            + ["staticReplicas", "minReplicas", "maxReplicas", "cooldownPeriod", "pollingInterval"]
            .map { .init($0, .integer) } + [.init("keda", keda), .init("hpa", hpa)])
    private static let keda = OperatorShape.object([
        .init("trigger", .words(["cpu", "memory", "redis"])), .init("targetValue", .text), .init("metadata", .texts),
    ])
    private static let hpa = OperatorShape.object(
        [.init("metric", .words(["cpu", "memory"]))]
            + ["targetUtilization", "scaleUpStabilization", "scaleDownStabilization"].map { .init($0, .integer) })
}
