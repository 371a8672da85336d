import FrappeModel

/// The fields of kinds that are kept as they are applied, and not yet acted on.
enum LaterFields {
    /// - Parameter kind: none that is in force.
    static func table(of kind: ManifestKind) -> [FieldSchema] {
        let name = CommonFields.name(.objectName, example: "one-\(kind.rawValue.lowercased())")
        return CommonFields.start + [name] + body(of: kind)
    }

    private static func body(of kind: ManifestKind) -> [FieldSchema] {
        switch kind {
        case .backup: spec("What to back up, and when.", WorkFields.backup)
        case .restore: spec("What to restore, and from where.", WorkFields.restore)
        case .app: spec("The app.", WorkFields.app)
        case .config: spec("Entries of site_config.json.", WorkFields.config)
        case .migration: spec("The migration.", WorkFields.migration)
        case .cron: spec("What runs, and when.", WorkFields.cron)
        case .quota: spec("What the site may use.", WorkFields.quota)
        case .benchPool: spec("Benches that are made as sites fill them.", WorkFields.pool)
        case .user: spec("The user.", PeopleFields.user)
        case .role: spec("The role.", PeopleFields.role)
        case .userPermission: spec("The permission.", PeopleFields.permission)
        case .apiKey: spec("The key.", PeopleFields.apiKey)
        case .webhook: spec("The webhook.", CustomizationFields.webhook)
        case .clientScript: spec("The script.", CustomizationFields.clientScript)
        case .serverScript: spec("The script.", CustomizationFields.serverScript)
        case .customField: spec("The field.", CustomizationFields.customField)
        case .propertySetter: spec("The property.", CustomizationFields.propertySetter)
        default: spec("Nothing yet: the operator's kind has no work either.", described, required: false)
        }
    }

    private static func spec(_ meaning: String, _ fields: [FieldSchema], required: Bool = true) -> [FieldSchema] {
        [.init("spec", .map, meaning, required: required, status: .notYet)] + fields
    }

    /// Kinds of which the operator ships no more than a frame.
    private static let described: [FieldSchema] = [
        .init("spec.description", .text, "What it is, for people."), scaffold,
    ]

    /// What the operator's code generator put into kinds that had no fields yet.
    static let scaffold = FieldSchema("spec.foo", .text, "A left-over of the operator's code generator.")

    /// The site that an object is about.
    static let site = CommonFields.reference("spec.siteRef", "The FrappeSite it is about.", required: true)

    /// A reference to one key of a Secret in the same namespace.
    static func key(_ path: String, _ meaning: String, required: Bool = false) -> [FieldSchema] {
        [
            .init(path, .map, meaning, required: required),
            .init("\(path).name", .objectName, "Its name.", required: true),
            .init("\(path).key", .text, "The key in it.", example: "password", required: true),
            .init("\(path).optional", .bool, "Whether it may be missing."),
        ]
    }

    /// A reference to a Secret in the same namespace.
    static func secret(_ path: String, _ meaning: String, required: Bool = false) -> [FieldSchema] {
        [
            .init(path, .map, meaning, required: required),
            .init("\(path).name", .objectName, "Its name.", required: true),
        ]
    }

    static func texts(_ path: String, _ meaning: String, example: String) -> [FieldSchema] {
        [.init(path, .list, meaning), .init("\(path)[]", .text, "One of them.", example: example)]
    }
}
