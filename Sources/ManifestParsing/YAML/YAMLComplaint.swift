/// libyaml's complaints in the words of somebody who writes a manifest.
struct YAMLComplaint {
    /// What is at the place of the problem.
    enum Character { case tab, other, end }

    private let problem: String
    private let context: String?
    private let character: Character

    init(_ problem: String, _ context: String?, at character: Character) {
        self.problem = problem
        self.context = context
        self.character = character
    }

    /// What opened a bracket or quote is named rather than the end of the file, where libyaml missed the closing one.
    func failure(at mark: YAMLMark, from start: YAMLMark) -> YAMLFailure {
        if context == "while scanning a quoted scalar", problem.hasPrefix("found unexpected") {
            return YAMLFailure(mark: start, message: "this quote is not closed")
        }
        if context == "while scanning a simple key" {
            return YAMLFailure(mark: start, message: "expected \"key: value\"")
        }
        if context == "while parsing a flow sequence" || context == "while parsing a flow mapping", character == .end {
            return YAMLFailure(mark: start, message: "this bracket is not closed")
        }
        return YAMLFailure(mark: mark, message: text)
    }

    private var text: String {
        switch problem {
        case "found character that cannot start any token" where character == .tab:
            "a tab here: YAML indents with spaces only"
        case "found character that cannot start any token":
            "a value cannot begin with this character: put it in quotes"
        case "mapping values are not allowed in this context":
            "a \": \" is not allowed here: check the indentation, or put the value in quotes"
        case "did not find expected key":
            "the indentation does not fit the lines above, or a quote or bracket is not closed"
        case "did not find expected '-' indicator":
            "the indentation does not fit the list above"
        case "did not find expected node content" where character == .end:
            "a bracket is not closed"
        case "did not find expected ',' or ']'", "did not find expected ',' or '}'":
            "a bracket is not closed, or a comma is missing"
        case "did not find expected <document start>":
            "the text goes on after the document's end: check the indentation"
        case let problem where problem.hasPrefix("Maximum nesting level"):
            "nested deeper than \(ManifestLimits.depth) levels"
        default: "not valid YAML: \(problem)\(context.map { " (\($0))" } ?? "")"
        }
    }
}
