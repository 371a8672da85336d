import FrappeModel

/// Reads the documents of one file.
struct DocumentReader {
    let file: String
    /// Whether what the operator's schema refuses is a problem.
    let isStrict: Bool
    private(set) var documents: [ManifestDocument] = []
    private(set) var problems: [ManifestProblem] = []
    private var weightLeft = ManifestLimits.values

    init(file: String, isStrict: Bool = false) {
        self.file = file
        self.isStrict = isStrict
    }

    mutating func read(_ text: String) {
        guard text.utf8.count <= ManifestLimits.fileBytes else {
            return note(
                YAMLMark(line: 1, column: 1), "larger than \(ManifestLimits.fileBytes >> 20) MiB: not a manifest")
        }
        let parts = DocumentSplitter.documents(text)
        for part in parts.prefix(ManifestLimits.documents) { read(part) }
        if parts.count > ManifestLimits.documents {
            let line = parts[ManifestLimits.documents].firstLine
            note(YAMLMark(line: line, column: 1), "more than \(ManifestLimits.documents) documents in one file")
        }
    }

    private mutating func read(_ part: DocumentText) {
        var composer = YAMLComposer(text: part.text, firstLine: part.firstLine, weightLeft: weightLeft)
        do throws(YAMLFailure) {
            let root = try composer.root()
            for complaint in composer.complaints { note(complaint.mark, complaint.message) }
            weightLeft = composer.weightLeft
            if let root { take(root) }
        } catch {
            for complaint in composer.complaints { note(complaint.mark, complaint.message) }
            weightLeft = max(0, composer.weightLeft)
            note(error.mark, error.message)
        }
    }

    private mutating func take(_ root: YAMLNode) {
        var conversion = ValueConversion(file: file)
        switch ManifestHeader.read(root, conversion) {
        case .ignored(let problem), .wrong(let problem): problems.append(problem)
        case .known(let kind, let apiVersion):
            let fields = root.fields.filter { $0.key != "status" }
            let asked = YAMLNode(content: .map(fields), mark: root.mark)
            let value = conversion.value(of: asked, at: "", schema: ManifestSchema.root(of: kind))
            problems += conversion.problems
            let key = ManifestKey(kind, name(of: value, kind))
            var shapes = LooseShapes(
                .init(key: key, apiVersion: apiVersion, value: value, locations: conversion.locations))
            shapes.straighten()
            problems += isStrict ? strictProblems(asked, shapes.document) : shapes.problems
            documents.append(shapes.document)
        }
    }

    /// What a cluster would refuse, found in the values as YAML has them.
    private func strictProblems(_ root: YAMLNode, _ document: ManifestDocument) -> [ManifestProblem] {
        var conversion = ValueConversion(file: file)
        let value = conversion.value(of: root, at: "", schema: nil)
        return StrictCheck.problems(
            in: .init(
                key: document.key, apiVersion: document.apiVersion, value: value, locations: conversion.locations))
    }

    /// The name a document goes by; the validator says if it is missing or wrong.
    private func name(of value: ManifestValue, _ kind: ManifestKind) -> ObjectName {
        if kind == .host { return ManifestParser.hostName }
        let namespace = value["metadata"]?["namespace"]?.string ?? ObjectName.defaultNamespace
        return ObjectName(value["metadata"]?["name"]?.string ?? "", namespace: namespace)
    }

    private mutating func note(_ mark: YAMLMark, _ message: String) {
        let location = SourceLocation(file: file, line: mark.line, column: mark.column)
        problems.append(.init(severity: .error, location: location, path: "", message: message))
    }
}
