/// The fields of `MariaDB`, of the operator that runs databases for the Frappe Operator.
enum DatabaseFields {
    static let table: [FieldSchema] =
        CommonFields.start
        + [CommonFields.name(.label, example: "frappe-mariadb"), .init("spec", .map, "The server.", required: true)]
        + [
            .init(
                "spec.rootPasswordSecretKeyRef", .map,
                "Secret with root's password; a new one in it is set while the server runs."),
            .init("spec.rootPasswordSecretKeyRef.name", .objectName, "Its name.", required: true),
            .init(
                "spec.rootPasswordSecretKeyRef.key", .text, "The key in it.", example: "password", default: "password"),
            .init(
                "spec.rootPasswordSecretKeyRef.generate", .bool, "Whether it is made where it is missing.",
                example: "true"),
            .init("spec.image", .image, "Its image.", example: "mariadb:10.11", default: "that of Host"),
            .init("spec.imagePullPolicy", .text, "When to ask the registry.", status: .meaningless),
            .init("spec.storage", .map, "Its data."),
            .init(
                "spec.storage.size", .memory(atLeast: 1 << 20), "What its data should stay below; more is told.",
                example: "20Gi"),
            .init(
                "spec.myCnf", .text, "Its settings, as an option file.", example: "\"[mariadb]\\nlong_query_time=2\""),
            .init("spec.myCnfConfigMapKeyRef", .map, "ConfigMap of its namespace with its settings, instead of myCnf."),
            .init(
                "spec.myCnfConfigMapKeyRef.name", .objectName, "Its name.", example: "server-settings", required: true),
            .init("spec.myCnfConfigMapKeyRef.key", .text, "The key in it.", example: "my.cnf", required: true),
            .init("spec.myCnfConfigMapKeyRef.optional", .bool, "Whether it may be missing.", example: "false"),
            .init(
                "spec.port", .integer(3306...3306), "Its port; there is only one.", example: "3306", default: "3306"),
            .init(
                "spec.replicas", .integer(0...100), "Copies; one host runs one.", example: "1", default: "1",
                status: .meaningless, quiet: "1"),
        ]
        + CommonFields.resources("spec.resources", "CPU and memory of the server.")
        + [
            .init("spec.storage.storageClassName", .anything, belowRoot, status: .meaningless)
        ]
        + ["ephemeral", "resizeInUseVolumes", "waitForVolumeResize", "volumeClaimTemplate"].map {
            .init("spec.storage.\($0)", .anything, "Volumes of a cluster.", status: .meaningless)
        }
        + [.init("spec.storageClassName", .anything, belowRoot, status: .meaningless)]
        + others.map { .init("spec.\($0)", .anything, "A matter of clusters.", status: .meaningless) }

    private static let belowRoot =
        "Storage classes of Host are for benches: the data of servers is below the root, in databases/."

    private static let others = [
        "username", "database", "passwordSecretKeyRef", "rootEmptyPassword", "galera", "replication", "maxScale",
        "maxScaleRef", "metrics", "service", "primaryService", "secondaryService",
        "connection", "primaryConnection", "secondaryConnection", "affinity", "tolerations", "nodeSelector",
        "podSecurityContext", "securityContext", "podMetadata", "inheritMetadata", "updateStrategy",
        "podDisruptionBudget", "priorityClassName", "topologySpreadConstraints", "volumes", "volumeMounts", "env",
        "envFrom", "args", "command", "initContainers", "sidecarContainers", "livenessProbe", "readinessProbe",
        "startupProbe", "imagePullSecrets", "bootstrapFrom", "serviceAccountName", "servicePorts", "tls", "suspend",
        "timeZone",
    ]
}
