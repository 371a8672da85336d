import FrappeModel

/// The fields of `FrappeSite`.
enum SiteFields {
    static let table: [FieldSchema] =
        CommonFields.start
        + [CommonFields.name(.objectName, example: "shop-one"), .init("spec", .map, "The site.", required: true)]
        + CommonFields.reference("spec.benchRef", "The bench that serves it.", name: .label, required: true)
        + [
            .init(
                "spec.siteName", .dnsName, "Name of the site and of its directory.", example: "one.example.com",
                required: true),
            .init(
                "spec.domain", .dnsPattern,
                "The name people type, where it differs from siteName; *.example.com serves all below, too.",
                example: "shop.example.com",
                default: "siteName with the bench's suffix, or else with the host's domain"),
            .init("spec.apps", .list, "Apps to install beside frappe.", default: "those of the bench"),
            .init("spec.apps[]", .appName, "Name of an app.", example: "erpnext"),
        ]
        + CommonFields.reference(
            "spec.adminPasswordSecretRef", "Secret whose key `password` is Administrator's; made when absent.")
        + CommonFields.database("spec.dbConfig", "Its database.") + CommonFields.tls("spec.tls") + ingress + later
        + CommonFields.pods("spec.podConfig")

    private static let ingress: [FieldSchema] =
        [
            .init("spec.ingress", .map, "How it is reached."),
            .init(
                "spec.ingress.enabled", .bool, "Whether nginx serves it; without, its own containers reach it alone.",
                example: "true", default: "true"),
            .init(
                "spec.ingress.className", .text, "The ingress controller.", example: "nginx", status: .meaningless,
                quiet: "nginx"),
            .init(
                "spec.ingress.annotations", .textMap,
                "Settings of nginx: \(Annotations.names.joined(separator: ", ")).",
                example: "{\(Annotations.prefix)proxy-body-size: 100m}"),
            .init(
                "spec.ingressClassName", .text, "The ingress controller.", example: "nginx", status: .meaningless,
                quiet: "nginx"),
            .init("spec.routeConfig", .anything, "A route of OpenShift.", status: .meaningless),
        ] + CommonFields.tls("spec.ingress.tls")

    private static let later: [FieldSchema] = [
        .init(
            "spec.skipInit", .bool,
            "Take over the site that an external database has in it: migrate instead of new-site.",
            example: "true", default: "false"),
        .init("spec.encryptionKeySecretRef", .map, "Secret with the key of encrypted fields, for a site that is made."),
        .init("spec.encryptionKeySecretRef.name", .objectName, "Its name.", required: true),
        .init("spec.encryptionKeySecretRef.namespace", .label, "Its namespace.", default: "that of this object"),
        .init(
            "spec.encryptionKeySecretRef.key", .text, "The key in it.", example: "encryption_key",
            default: "encryption_key"),
        .init("spec.encryptionKeySecretRef.optional", .bool, "Whether it may be missing."),
        .init(
            "spec.deletionPolicy", .choice(["Retain", "Delete"]), "What happens to the database of a deleted site.",
            example: "Retain", default: "Retain", status: .notYet, quiet: "Retain"),
    ]
}

/// The fields of `Secret`.
enum SecretFields {
    static let table: [FieldSchema] =
        CommonFields.start + [
            CommonFields.name(.objectName, example: "shop-admin"),
            .init("type", .text, "What it is for.", example: "Opaque", default: "Opaque"),
            .init("data", .base64Map, "Values in base64.", example: "{password: c2VjcmV0}"),
            .init("stringData", .secretMap, "Values as text; they win over data.", example: "{password: secret}"),
            .init("immutable", .bool, "Whether it may change.", status: .meaningless),
        ]
}

/// The fields of `Host`.
enum HostFields {
    static let table: [FieldSchema] =
        CommonFields.start + [
            CommonFields.name(.label, required: false, example: "host"),
            .init("spec", .map, "The host.", required: true),
            .init("spec.root", .directory, "The root directory; must be the one in use.", example: "/home/frappe"),
            .init(
                "spec.domain", .domainSuffix, "The host's domain, which site names without dots get.",
                example: "example.com", default: "none"),
            .init("spec.ingress", .map, "The proxy in front of all sites."),
            .init(
                "spec.ingress.mode", mode, "Run an nginx of our own, or add to the system's.", example: "own",
                default: "own"),
            .init(
                "spec.ingress.address", .address, "The address nginx listens on; 0.0.0.0 for all, :: for IPv6 as well.",
                example: "0.0.0.0", default: "127.0.0.1"),
            .init("spec.ingress.httpPort", port, "Port for HTTP.", example: "80", default: "8080"),
            .init("spec.ingress.httpsPort", port, "Port for HTTPS.", example: "443", default: "8443"),
            .init(
                "spec.ingress.trustedProxies", .list, "Proxies in front whose X-Forwarded-For and -Proto are believed.",
                default: "none"),
            .init("spec.ingress.trustedProxies[]", .source, "An address or a network.", example: "10.0.0.0/8"),
            .init(
                "spec.ingress.service", .bool,
                "Whether systemd, where there is one, starts nginx at boot (own); with false it renews no certificates.",
                example: "true", default: "true where httpPort is below 1024"),
            .init("spec.ingress.include", .map, "What mode include adds to."),
            .init(
                "spec.ingress.include.configuration", .file, "The main file of the distribution's nginx.",
                example: "/etc/nginx/nginx.conf", default: "/etc/nginx/nginx.conf"),
            .init(
                "spec.ingress.include.file", .file, "The file to write, one that its http block includes.",
                example: "/etc/nginx/conf.d/frappectl.conf",
                default: "/etc/nginx/conf.d/frappectl-ID-nginx.conf"),
            .init(
                "spec.upstreamPorts", .portRange, "Ports on 127.0.0.1 for what cannot use a socket.",
                example: "21000-21999",
                default: "21000-21999"),
            .init("spec.images", .map, "Images of what benches share."),
            .init("spec.images.mariadb", .image, "MariaDB.", example: "mariadb:10.11", default: "mariadb:10.11"),
            .init("spec.images.redis", .image, "Redis.", example: "redis:7", default: "redis:7"),
            .init(
                "spec.subnets", .network(8...24), "The range that every bench takes a /24 network from.",
                example: "10.217.0.0/16", default: "10.217.0.0/16"),
            .init(
                "spec.memoryBudget", .memory(atLeast: 512 << 20), "What all containers together may be given.",
                example: "6Gi", default: "the machine's memory without a tenth"),
            .init(
                "spec.acmeAccounts", .list, "Who makes certificates by ACME; the first for whoever names none.",
                default: "none"),
            .init(
                "spec.acmeAccounts[]", .map, "An account; having it here is agreeing to the authority's terms."),
            .init(
                "spec.acmeAccounts[].name", .label, "What sites name it by.", example: "letsencrypt", required: true),
            .init(
                "spec.acmeAccounts[].email", .email, "Whom the authority may write to.", example: "admin@example.com",
                default: "nobody"),
            .init(
                "spec.acmeAccounts[].server", .secureURL, "The authority's ACME directory.",
                example: ACMEAccount.letsEncrypt, default: "that of Let's Encrypt"),
            .init(
                "spec.acmeAccounts[].caFile", .file,
                "A PEM file with who signed the authority's own server, where this machine does not trust it.",
                example: "/etc/ssl/our-ca.pem"),
            .init("spec.storageClasses", .list, "Where benches may have their files beside the root."),
            .init("spec.storageClasses[]", .map, "A directory, mostly a disk of its own."),
            .init("spec.storageClasses[].name", .label, "What benches name it by.", example: "fast", required: true),
            .init(
                "spec.storageClasses[].path", .directory, "The directory; it is there already.", example: "/mnt/fast",
                required: true),
        ]
        + ["driver", "volumeDriver", "provisioner"].map {
            .init(
                "spec.storageClasses[].\($0)", .anything, "What would make volumes.", status: .refused(noDriver))
        } + [
            .init("spec.mariadb", .map, "The shared MariaDB servers."),
            .init(
                "spec.mariadb.memory", .memory(atLeast: 128 << 20), "The memory of each.", example: "1Gi",
                default: "a quarter of the machine's, from 512Mi to 16Gi"),
            .init(
                "spec.mariadb.myCnf", .text, "Settings of every server of ours, as an option file.",
                example: "\"[mariadb]\\nlong_query_time=2\""),
        ]

    private static let noDriver =
        "nginx and the tools of this host read a bench's files, which a volume driver keeps to itself: "
        + "mount the volume, and name the directory in path"
    private static let mode = FieldType.choice(["own", "include"], refused: [:])
    private static let port = FieldType.integer(1...65_535)
}

/// The fields of `SiteDomain`.
enum DomainFields {
    static let table: [FieldSchema] =
        CommonFields.start
        + [CommonFields.name(.objectName, example: "shop-www"), .init("spec", .map, "The name.", required: true)]
        + CommonFields.reference("spec.siteRef", "The site it leads to.", required: true)
        + [
            .init(
                "spec.domain", .dnsPattern, "The name people type; *.example.com for all below.",
                example: "www.example.com", required: true),
            .init(
                "spec.redirectPrimary", .bool, "Make it the site's public name, to which its own names lead.",
                example: "true", default: "false"),
            .init("spec.tls", .map, "HTTPS."),
            .init("spec.tls.enabled", .bool, "Whether HTTPS is served under it.", example: "true", default: "true"),
            .init("spec.tls.secretName", .objectName, "Secret with its certificate.", default: "that of the site"),
            .init(
                "spec.tls.issuerRef", .map, "The account in acmeAccounts of Host that makes its certificate."),
            .init("spec.tls.issuerRef.name", .text, "Its name.", example: "letsencrypt", default: "that of the site"),
        ]
        + ["kind", "group"].map {
            .init("spec.tls.issuerRef.\($0)", .text, "What it is to Kubernetes.", status: .meaningless)
        }
}
