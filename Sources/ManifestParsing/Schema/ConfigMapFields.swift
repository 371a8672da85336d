/// The fields of `ConfigMap`: texts that other manifests name, and the operator's own defaults.
enum ConfigMapFields {
    static let table: [FieldSchema] =
        CommonFields.start + [CommonFields.name(.objectName, example: "server-settings")]
        + [
            .init(
                "data", .textMap,
                "Texts by name: option files that a MariaDB names in myCnfConfigMapKeyRef; of \(operatorSettings), "
                    + "defaultDomainSuffix is the domain that names without dots get where Host has none.",
                example: "{defaultDomainSuffix: .example.com}"),
            .init("binaryData", .base64Map, "Values in base64.", status: .meaningless),
            .init("immutable", .bool, "Whether it may change.", status: .meaningless),
        ]

    /// The name of the operator's own settings, in whatever namespace it runs.
    static let operatorSettings = "frappe-operator-config"
    static let domainSuffix = "defaultDomainSuffix"
    /// Further keys of the operator's settings, and whether they will mean something here.
    static let furtherSettings: [String: FieldSchema.Status] = [
        "gitEnabled": .notYet, "fpmCliPath": .notYet, "fpmRepositories": .notYet,
        "ingressControllerService": .meaningless, "ingressControllerNamespace": .meaningless,
    ]
}
