import Foundation
import Testing

/// The imports of every target held against the table of docs/architecture.md.
@Suite("The house")
struct ImportTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// What comes with the toolchain and the system.
    private static let system: Set<String> = [
        "Foundation", "FoundationEssentials", "Glibc", "Musl", "Darwin", "Synchronization", "Dispatch",
    ]

    private struct Row {
        var target: String
        var path: String
        var allowed: Set<String>
    }

    /// Rows such as `| Planning | Sources/Planning | one line | FrappeModel |`.
    private static func table() throws -> [Row] {
        let text = try String(contentsOf: root.appending(path: "docs/architecture.md"), encoding: .utf8)
        return text.split(separator: "\n").filter { $0.hasPrefix("| `") }.compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 4 else { return nil }
            func names(_ cell: String) -> [String] {
                cell.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
                    .map { String($0.element) }
            }
            guard let target = names(cells[0]).first, let path = names(cells[1]).first else { return nil }
            return Row(target: target, path: path, allowed: Set(names(cells[3])))
        }
    }

    private static func imports(below path: String) throws -> [(file: String, module: String)] {
        let directory = root.appending(path: path)
        let files = FileManager.default.enumerator(atPath: directory.path)?.compactMap { $0 as? String } ?? []
        return try files.filter { $0.hasSuffix(".swift") }.flatMap { file in
            try String(contentsOf: directory.appending(path: file), encoding: .utf8).split(separator: "\n")
                .map { $0.trimmingCharacters(in: .whitespaces) }
                .filter {
                    $0.hasPrefix("import ") || $0.hasPrefix("@testable import ") || $0.hasPrefix("package import ")
                }
                .compactMap { line in line.split(separator: " ").last.map { ("\(path)/\(file)", String($0)) } }
        }
    }

    @Test("imports only what the table of docs/architecture.md allows")
    func importsFollowTheTable() throws {
        let rows = try Self.table()
        #expect(rows.count >= 12, "the table was not found")
        for row in rows {
            let imports = try Self.imports(below: row.path)
            for (file, module) in imports where !Self.system.contains(module) {
                #expect(
                    row.allowed.contains(module),
                    "\(file) imports \(module), which the table does not allow \(row.target)")
            }
            let unused = row.allowed.subtracting(imports.map(\.module))
            #expect(unused.isEmpty, "\(row.target) does not import \(unused.sorted()), which the table says it does")
        }
    }

    @Test("has a row for every target")
    func everyTargetHasARow() throws {
        let package = try String(contentsOf: Self.root.appending(path: "Package.swift"), encoding: .utf8)
        let declared = package.matches(of: /\.(?:target|executableTarget|systemLibrary)\(\s*name: "([^"]+)"/).map {
            String($0.1)
        }
        let known = Set(try Self.table().map(\.target))
        #expect(!declared.isEmpty)
        for target in declared { #expect(known.contains(target), "\(target) has no row in docs/architecture.md") }
    }

    @Test("has no module that is named like a type in it")
    func noModuleIsNamedLikeAType() throws {
        for row in try Self.table() {
            let directory = Self.root.appending(path: row.path)
            let files = FileManager.default.enumerator(atPath: directory.path)?.compactMap { $0 as? String } ?? []
            for file in files where file.hasSuffix(".swift") {
                let text = try String(contentsOf: directory.appending(path: file), encoding: .utf8)
                for keyword in ["struct", "class", "enum", "actor", "protocol"] {
                    #expect(
                        !text.contains("\(keyword) \(row.target) ") && !text.contains("\(keyword) \(row.target):"),
                        "\(file)")
                }
            }
        }
    }
}
