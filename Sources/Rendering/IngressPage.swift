import NginxTemplates

/// The small pages that nginx answers itself.
enum IngressPage {
    case unknownHost, stopped, unavailable, maintenance, suspended, tooLarge

    private var words: (title: String, message: String) {
        switch self {
        case .unknownHost: ("No such site", "There is no site by this name here. Check the address.")
        case .stopped: ("Stopped", "This site is stopped for now. Please come back later.")
        case .unavailable: ("One moment", "This site does not answer yet. Please try again in a few seconds.")
        case .maintenance: ("Maintenance", "This site is being updated. Please try again in a minute.")
        case .suspended: ("Suspended", "This site is suspended. Please contact its administrator.")
        case .tooLarge: ("Too large", "What was sent is larger than this site accepts.")
        }
    }

    func text() throws(IngressRenderingError) -> String {
        let values: [String: TemplateValue] = ["title": .text(words.title), "message": .text(words.message)]
        return try IngressValue.quotable(try NginxTemplate.page.rendered(values).trimmedAtEnd)
    }
}

extension NginxTemplate {
    /// Each template, parsed once.
    private static let parsed: [NginxTemplate: Result<StrictTemplate, TemplateError>] = Dictionary(
        uniqueKeysWithValues: allCases.filter { $0.rawValue.hasSuffix(".mustache") }.map { template in
            let parsed = Result { () throws(TemplateError) in
                try StrictTemplate(name: template.rawValue, text: template.text)
            }
            return (template, parsed)
        })

    func rendered(_ values: [String: TemplateValue]) throws(IngressRenderingError) -> String {
        do {
            guard let template = try Self.parsed[self]?.get() else { return text }
            return try template.render(values)
        } catch {
            throw .template(error)
        }
    }
}

extension String {
    fileprivate var trimmedAtEnd: String {
        var text = self
        while text.hasSuffix("\n") { text.removeLast() }
        return text
    }
}
