import Foundation
import TestSupport

/// The secrets of an installation, to be looked for where they must not be.
struct Secrets {
    let files: [String]
    private let values: [String: String]

    init(_ installation: Installation) throws {
        files = try Self.files(below: "\(installation.root)/agent/secrets")
        let texts = try files.map { ($0, try String(contentsOfFile: $0, encoding: .utf8)) }
        // An option file holds a password that is a secret by itself.
        values = Dictionary(uniqueKeysWithValues: texts.filter { !$0.0.hasSuffix(".cnf") })
    }

    /// Files whose value the text holds.
    func found(in text: String) -> [String] { values.filter { text.contains($0.value) }.keys.sorted() }

    static func mode(of path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.posixPermissions] as? Int ?? 0) & 0o7777
    }

    /// Regular files below a directory, links not followed.
    static func files(below directory: String, except left: String? = nil) throws -> [String] {
        let names = FileManager.default.enumerator(atPath: directory)?.compactMap { $0 as? String } ?? []
        return names.map { "\(directory)/\($0)" }.filter { path in
            let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
            return type == .typeRegular && !(left.map { path.hasPrefix($0) } ?? false)
        }.sorted()
    }
}

extension Sequence {
    /// The results of work that is done one after the other.
    func asyncMap<Result>(_ work: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await work(element)) }
        return results
    }
}
