import FrappeModel
import ManifestParsing

/// Apps that manifests ask for and images do not have: known from what the images were found to contain, so that
/// nothing is begun that could not end well.
struct MissingApps {
    let set: ManifestSet
    let releases: [ObjectName: Release]

    /// - Throws: `OperationError.badManifests` with each of them and its place.
    func refuse() throws(OperationError) {
        let problems = problems
        if !problems.isEmpty { throw .badManifests(problems, documents: set.documents) }
    }

    private var problems: [ManifestProblem] {
        self.set.documents.flatMap { document -> [ManifestProblem] in
            switch document.key.kind {
            case .bench: problems(document, bench: document.key.object)
            case .site: problems(document, bench: set.manifests.sites[document.key.object]?.bench)
            default: []
            }
        }
    }

    private func problems(_ document: ManifestDocument, bench: ObjectName?) -> [ManifestProblem] {
        guard let release = bench.flatMap({ releases[$0] }) else { return [] }
        return wanted(by: document).filter { release.facts.apps[$0] == nil }.map { app in
            let items: [ManifestValue] = if case .list(let all) = document.value["spec"]?["apps"] { all } else { [] }
            let index = items.firstIndex { ($0["name"] ?? $0).string == app }
            let path = index.map { "spec.apps[\($0)]" } ?? "spec.appsJSON"
            return ManifestProblem(
                severity: .error, location: document.location(of: path), path: path, message: message(app, release))
        }
    }

    private func wanted(by document: ManifestDocument) -> [String] {
        switch document.key.kind {
        case .bench: set.manifests.benches[document.key.object]?.apps ?? []
        default: set.manifests.sites[document.key.object]?.apps ?? []
        }
    }

    private func message(_ app: String, _ release: Release) -> String {
        let known = release.facts.apps.keys.sorted()
        return
            "the app \(SafeText.word(app)) is not in \(release.reference), which has: \(known.joined(separator: ", "))."
            + Suggestion.hint(for: app, among: known)
    }
}
