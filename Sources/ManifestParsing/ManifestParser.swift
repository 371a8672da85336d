import FrappeModel

/// YAML text to documents, documents to manifests; neither stops at the first problem.
package enum ManifestParser {
    /// A host has one `Host` manifest, whatever it is called.
    package static let hostName = ObjectName("host")

    /// The documents of one file with the place of every field, and what is wrong with the YAML itself.
    ///
    /// - Parameter strict: whether what the operator's schema refuses is wrong too.
    package static func documents(
        text: String, file: String, strict: Bool = false
    ) -> (documents: [ManifestDocument], problems: [ManifestProblem]) {
        var reader = DocumentReader(file: file, isStrict: strict)
        reader.read(text)
        return (reader.documents, reader.problems)
    }

    /// `stored` with `new` added or put in the place of what has the same key; two new ones with one key are a problem.
    package static func merge(
        stored: [ManifestDocument], new: [ManifestDocument]
    ) -> (documents: [ManifestDocument], problems: [ManifestProblem]) {
        let (unique, problems) = DuplicateDocuments.remove(from: new)
        let keys = Set(unique.map(\.key))
        return (stored.filter { !keys.contains($0.key) } + unique, problems)
    }

    /// Typed manifests with defaults filled in, and everything wrong with any of them.
    ///
    /// `incomplete` says that some documents could not be read, so that a missing bench or Secret is no news; of the
    /// documents in `quiet` only errors are told; `strict` makes an error of what means nothing on this host alone.
    package static func manifests(
        from documents: [ManifestDocument], incomplete: Bool = false, quiet: Set<ManifestKey> = [],
        strict: Bool = false
    ) -> (manifests: Manifests, problems: [ManifestProblem]) {
        var (unique, problems) = DuplicateDocuments.remove(from: documents)
        unique = unique.filter { $0.key.object.name != "" || $0.key.kind == .host }
        problems += documents.flatMap { document in
            SchemaValidation.problems(in: document).telling(document.key, unlessIn: quiet)
        }
        var decoding = Decoding(documents: unique, incomplete: incomplete, quiet: quiet, strict: strict)
        decoding.run()
        return (
            decoding.manifests,
            ProblemOrder.sorted(problems + decoding.problems, files: documents.map { $0.location(of: "").file })
        )
    }

    /// What a set of files says, together with what was stored before.
    package struct Reading {
        /// The documents of the files.
        package var new: [ManifestDocument]
        /// Those and the stored ones that they do not replace.
        package var documents: [ManifestDocument]
        package var manifests: Manifests
        /// All errors; warnings of the files only, as those of stored documents were given when they came.
        package var problems: [ManifestProblem]

        package var isUsable: Bool { problems.allSatisfy { $0.severity != .error } }
    }

    /// Reads files and checks them together with what is stored: all that `up -f` needs before it touches anything.
    package static func read(files: [(name: String, text: String)], stored: [ManifestDocument] = []) -> Reading {
        var new: [ManifestDocument] = []
        var problems: [ManifestProblem] = []
        for file in files {
            let (documents, found) = documents(text: file.text, file: file.name)
            new += documents
            problems += found
        }
        let incomplete = problems.contains { $0.severity == .error }
        let (documents, duplicates) = merge(stored: stored, new: new)
        let quiet = Set(stored.map(\.key)).subtracting(new.map(\.key))
        let (manifests, found) = manifests(from: documents, incomplete: incomplete, quiet: quiet)
        problems = ProblemOrder.sorted(problems + duplicates + found, files: files.map(\.name))
        return Reading(new: new, documents: documents, manifests: manifests, problems: problems)
    }

    /// The root directory that a `Host` manifest says it is for, and where it says so.
    package static func declaredRoot(in documents: [ManifestDocument]) -> (path: String, location: SourceLocation)? {
        let hosts = documents.filter { $0.key.kind == .host }
        return hosts.lazy.compactMap { host in
            host.value["spec"]?["root"]?.string.map { ($0, host.location(of: "spec.root")) }
        }.first
    }
}

extension [ManifestProblem] {
    /// All of them, or only the errors where the document's warnings were given before.
    func telling(_ key: ManifestKey, unlessIn quiet: Set<ManifestKey>) -> [ManifestProblem] {
        quiet.contains(key) ? filter { $0.severity == .error } : self
    }
}

/// Documents that claim the same name.
enum DuplicateDocuments {
    static func remove(
        from documents: [ManifestDocument]
    ) -> (documents: [ManifestDocument], problems: [ManifestProblem]) {
        var first: [ManifestKey: SourceLocation] = [:]
        var unique: [ManifestDocument] = []
        var problems: [ManifestProblem] = []
        for document in documents {
            let place = document.location(of: "metadata.name")
            if document.key.object.name != "", let other = first[document.key] {
                let message = "\(document.key) is given twice, first at \(other)"
                problems.append(.init(severity: .error, location: place, path: "metadata.name", message: message))
            } else {
                first[document.key] = place
                unique.append(document)
            }
        }
        return (unique, problems)
    }
}

/// Problems in the order of the files and of the lines in them.
enum ProblemOrder {
    static func sorted(_ problems: [ManifestProblem], files: [String]) -> [ManifestProblem] {
        let order = Dictionary(files.enumerated().map { ($1, $0) }) { first, _ in first }
        return problems.enumerated().sorted { left, right in
            place(left.element, left.offset, order) < place(right.element, right.offset, order)
        }.map(\.element)
    }

    private static func place(
        _ problem: ManifestProblem, _ offset: Int, _ files: [String: Int]
    ) -> (Int, Int, Int, Int) {
        let location = problem.location
        return (files[location.file] ?? .max, location.line, location.column, offset)
    }
}
