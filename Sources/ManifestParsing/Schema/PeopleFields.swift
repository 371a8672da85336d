/// The fields of kinds that describe who may do what on a site.
enum PeopleFields {
    static let user: [FieldSchema] =
        LaterFields.site + [
            .init("spec.email", .text, "The user's address, and name.", example: "ada@example.com", required: true),
            .init("spec.firstName", .text, "First name.", example: "Ada", required: true),
            .init("spec.lastName", .text, "Last name.", example: "Lovelace"),
            .init("spec.userType", .text, "The kind of user.", example: "System User", default: "System User"),
            .init("spec.sendPasswordReset", .bool, "Whether a mail asks for a password.", default: "false"),
        ]
        + LaterFields.texts("spec.roles", "Roles.", example: "Accounts User")
        + LaterFields.secret("spec.apiKeySecretRef", "Secret that gets the user's API key.") + [LaterFields.scaffold]

    static let role: [FieldSchema] =
        LaterFields.site + [
            .init("spec.roleName", .text, "Name of the role.", example: "API Integrator", required: true),
            .init("spec.deskAccess", .bool, "Whether it opens the desk.", default: "true"),
            .init("spec.disabled", .bool, "Whether it is disabled.", default: "false"),
        ]

    static let permission: [FieldSchema] =
        LaterFields.site + [
            .init("spec.user", .text, "The user's address.", example: "ada@example.com", required: true),
            .init("spec.allow", .text, "The DocType.", example: "Company", required: true),
            .init("spec.forValue", .text, "The document that is allowed.", example: "Books Ltd", required: true),
            .init("spec.applyToAllDoctypes", .bool, "Whether linked DocTypes follow.", default: "true"),
        ]

    static let apiKey: [FieldSchema] =
        LaterFields.site + [
            .init("spec.user", .text, "The user's address.", example: "ada@example.com", required: true),
            .init("spec.secretName", .objectName, "Secret that gets the key.", example: "ada-key", required: true),
        ]
}

/// The fields of kinds that describe what is changed in a site's forms and documents.
enum CustomizationFields {
    static let webhook: [FieldSchema] =
        LaterFields.site + [
            .init("spec.webhookDoctype", .text, "The DocType.", example: "Sales Order", required: true),
            .init(
                "spec.webhookEvent", .choice(["on_change", "on_update", "on_submit", "on_cancel", "on_trash"]),
                "What calls it.", example: "on_submit", required: true),
            .init("spec.requestUrl", .text, "Where it calls.", example: "https://example.com/hook", required: true),
            .init("spec.requestStructure", .text, "The form of the request.", example: "JSON", default: "JSON"),
            .init("spec.enabled", .bool, "Whether it is on.", default: "true"),
        ]

    static let clientScript: [FieldSchema] =
        LaterFields.site + [
            .init("spec.dt", .text, "The DocType.", example: "Customer", required: true),
            .init("spec.script", .text, "The script, in JavaScript.", required: true),
            .init("spec.enabled", .bool, "Whether it is on.", default: "true"),
        ]

    static let serverScript: [FieldSchema] =
        LaterFields.site + [
            .init(
                "spec.scriptType", .choice(["DocType Event", "API", "Permission Query"]), "What calls it.",
                example: "API", required: true),
            .init("spec.referenceDocType", .text, "The DocType.", example: "Customer"),
            .init("spec.eventType", .text, "The event of a document.", example: "Before Save"),
            .init("spec.apiMethod", .text, "The name of an API method.", example: "my_endpoint"),
            .init("spec.script", .text, "The script, in Python.", required: true),
            .init("spec.disabled", .bool, "Whether it is off.", default: "false"),
        ]

    static let customField: [FieldSchema] =
        LaterFields.site + [
            .init("spec.dt", .text, "The DocType.", example: "Customer", required: true),
            .init("spec.fieldname", .text, "Name of the field.", example: "custom_number", required: true),
            .init("spec.label", .text, "What people read.", example: "Number", required: true),
            .init("spec.fieldtype", .text, "Its type in Frappe.", example: "Data", required: true),
            .init("spec.options", .text, "Options of the type.", example: "Customer"),
            .init("spec.insertAfter", .text, "The field before it.", example: "customer_name"),
            .init("spec.default", .text, "Its default."),
        ]
        + ["reqd", "readOnly", "hidden"].map {
            .init("spec.\($0)", .integer(0...1), "1 for yes, 0 for no.", example: "1", default: "0")
        }

    static let propertySetter: [FieldSchema] =
        LaterFields.site + [
            .init("spec.docType", .text, "The DocType.", example: "Customer", required: true),
            .init("spec.fieldName", .text, "The field; none for the DocType itself.", example: "tax_id"),
            .init("spec.property", .text, "What is set.", example: "reqd", required: true),
            .init("spec.propertyType", .text, "Its type.", example: "Check", default: "Check"),
            .init("spec.value", .text, "To what.", example: "\"1\"", required: true),
        ]
}
