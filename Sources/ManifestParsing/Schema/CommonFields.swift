/// Fields that several kinds have.
enum CommonFields {
    static let start: [FieldSchema] =
        [
            .init("apiVersion", .text, "The version of the format.", example: "vyogo.tech/v1alpha1", required: true),
            .init("kind", .text, "What the document describes.", example: "FrappeBench", required: true),
            .init("status", .anything, "What was observed; ignored when read."),
            .init("metadata", .map, "What the object is called."),
            .init("metadata.namespace", .label, "A scope for names.", example: "shop", default: "default"),
            .init("metadata.labels", .textMap, "Words of your own, kept with the object."),
            .init("metadata.annotations", .textMap, "Notes, kept with the object."),
        ] + foreign

    /// What `kubectl get -o yaml` adds; kept and not looked at.
    private static let foreign: [FieldSchema] = [
        "uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "ownerReferences", "finalizers",
        "selfLink",
    ].map { .init("metadata.\($0)", .anything, "Set by Kubernetes; ignored here.", status: .meaningless) }

    /// `metadata.name` of a kind whose names may hold dots or not.
    static func name(_ type: FieldType, required: Bool = true, example: String) -> FieldSchema {
        .init("metadata.name", type, "The name of the object.", example: example, required: required)
    }

    /// A reference by name and namespace.
    static func reference(
        _ path: String, _ meaning: String, name: FieldType = .objectName, required: Bool = false,
        status: FieldSchema.Status = .inForce
    ) -> [FieldSchema] {
        [
            .init(path, .map, meaning, required: required, status: status),
            .init("\(path).name", name, "Its name.", required: true),
            .init("\(path).namespace", .label, "Its namespace.", default: "that of this object"),
        ]
    }

    /// A database server is known to the whole host by its name alone.
    private static func server(_ path: String) -> [FieldSchema] {
        [
            .init(path, .map, "The shared MariaDB server."),
            .init("\(path).name", .label, "Its name.", default: "frappe-mariadb", required: true),
            .init("\(path).namespace", .label, "Its namespace.", status: .meaningless, quiet: "default"),
        ]
    }

    /// Requests and limits of CPU and memory.
    static func resources(_ path: String, _ meaning: String, status: FieldSchema.Status = .inForce) -> [FieldSchema] {
        let memory = FieldType.memory(atLeast: 1 << 20)
        return [
            .init(path, .map, meaning, status: status),
            .init("\(path).requests", .map, "What it is sure to get."),
            .init("\(path).requests.cpu", .cpu, "CPU share when the host is busy.", example: "100m"),
            .init("\(path).requests.memory", memory, "Memory kept for it.", example: "256Mi"),
            .init("\(path).limits", .map, "What it can never exceed."),
            .init("\(path).limits.cpu", .cpu, "Most CPU it may use.", example: "1"),
            .init("\(path).limits.memory", memory, "Most memory it may use; beyond it is killed.", example: "1Gi"),
        ]
    }

    /// The database of a site, or the default for the sites of a bench.
    static func database(_ path: String, _ meaning: String) -> [FieldSchema] {
        let providers = FieldType.choice(
            ["mariadb", "postgres", "sqlite", "external"],
            refused: [
                "postgres":
                    "postgres is not supported: ERPNext and most apps run on MariaDB alone, and so do the checks, "
                    + "accounts and dumps here: use mariadb",
                "sqlite":
                    "sqlite is not supported: Frappe has it from version 16 on as an experiment, and its one file is no "
                    + "database for the several containers of a bench: use mariadb",
            ])
        let modes = FieldType.choice(["shared", "dedicated", "external"])
        return [
            .init(path, .map, meaning),
            .init(
                "\(path).mode", modes, "A server that sites share, one for each site, or a server that others run.",
                example: "dedicated", default: "shared"),
            .init(
                "\(path).provider", providers, "The kind of database; external is mode external.", example: "mariadb",
                default: "mariadb"),
        ]
            + server("\(path).mariadbRef")
            + laterDatabase(path)
    }

    private static func laterDatabase(_ path: String) -> [FieldSchema] {
        let size = FieldType.memory(atLeast: 1 << 20)
        return [
            .init(
                "\(path).storageSize", size, "What the data of a dedicated server should stay below; more is told.",
                example: "20Gi"),
            .init(
                "\(path).host", .text, "Host of an external server, where the Secret has none.",
                example: "db.example.com"),
            .init(
                "\(path).port", .text, "Port of an external server, where the Secret has none.", example: "\"3306\"",
                default: "3306"),
            .init(
                "\(path).image", .image, "Image of a dedicated server.", example: "mariadb:10.11",
                default: "that of Host"),
            .init("\(path).postgresEngine", .text, "The operator that runs Postgres.", status: .meaningless),
            .init(
                "\(path).maxStatementTimeSeconds", .integer(0...86_400),
                "Seconds after which a statement of a site's user is ended.", example: "60", default: "0, no bound"),
        ]
            + resources("\(path).resources", "CPU and memory of a dedicated server.")
            + reference(
                "\(path).connectionSecretRef",
                "Secret of an external server: host, port, database, username, password; for TLS ca.crt.")
            + reference("\(path).postgresRef", "A Postgres server.", status: .meaningless)
    }

    /// Certificates of a site.
    static func tls(_ path: String) -> [FieldSchema] {
        [
            .init(path, .map, "HTTPS."),
            .init(
                "\(path).enabled", .bool, "Whether HTTPS is served.", example: "true",
                default: "true where secretName or issuer is given"),
            .init("\(path).secretName", .objectName, "Secret with the keys tls.crt and tls.key.", example: "shop-tls"),
            .init(
                "\(path).issuer", .text, "The account in acmeAccounts of Host that makes its certificates.",
                example: "letsencrypt", default: "the first"),
            .init(
                "\(path).certManagerIssuer", .text, "As issuer, in version v1.", example: "letsencrypt",
                default: "the first"),
        ]
    }

    /// Placement and labels of pods.
    static func pods(_ path: String) -> [FieldSchema] {
        [.init(path, .map, "Placement of pods.")]
            + ["labels", "annotations", "nodeSelector"].map {
                .init("\(path).\($0)", .textMap, "Placement of pods.", status: .meaningless)
            }
            + ["affinity", "tolerations", "geoTag"].map {
                .init("\(path).\($0)", .anything, "Placement of pods.", status: .meaningless)
            }
    }
}
