import Foundation
import FrappeModel
import ManifestParsing

/// The manifests that a command was given.
package struct ManifestFiles: Sendable {
    /// Files, directories of them, or `-` for the standard input.
    package var paths: [String]
    /// Whether what the operator's schema refuses is refused here too.
    package var isStrict: Bool

    package init(_ paths: [String] = [], strict: Bool = false) {
        self.paths = paths
        isStrict = strict
    }

    package var isEmpty: Bool { paths.isEmpty }

    /// Their texts in the order given; those of a directory by name, hidden ones left out.
    package func read() throws(OperationError) -> [(name: String, text: String)] {
        guard paths.count(where: { $0 == "-" }) <= 1 else {
            throw .usage("-f - stands twice, and the standard input can be read once\n  next: frappectl up -f - < FILE")
        }
        var files: [(name: String, text: String)] = []
        for path in paths { files += try Self.files(at: path) }
        return files
    }

    private static func files(at path: String) throws(OperationError) -> [(name: String, text: String)] {
        if path == "-" { return [("standard input", try standardInput())] }
        guard HostFiles.isDirectory(path) else { return [(path, try text(of: path))] }
        let names = HostFiles.names(in: path).filter(isManifest).sorted().map { "\(path)/\($0)" }
            .filter { !HostFiles.isDirectory($0) }
        guard !names.isEmpty else {
            throw .usage(
                "\(SafeText.word(path)) holds no .yaml file\n  next: make one with: frappectl init DIRECTORY/frappe.yaml"
            )
        }
        var files: [(name: String, text: String)] = []
        for name in names { files.append((name, try text(of: name))) }
        return files
    }

    /// What ended before it wrote anything, in front of a pipe, is no manifest that changes nothing.
    private static func standardInput() throws(OperationError) -> String {
        let bytes = HostFiles.standardInput()
        guard bytes?.isEmpty == false else {
            let reason = bytes == nil ? "cannot be read" : "is empty"
            throw .usage(
                "the standard input \(reason)\n  next: frappectl up -f FILE, or frappectl up for what is stored")
        }
        return text(bytes ?? [])
    }

    private static func isManifest(_ name: String) -> Bool {
        !name.hasPrefix(".") && (name.hasSuffix(".yaml") || name.hasSuffix(".yml"))
    }

    private static func text(of path: String) throws(OperationError) -> String {
        guard let bytes = HostFiles.read(path) else {
            let shown = SafeText.word(path)
            throw .usage("cannot read \(shown)\n  next: ls -l \(shown), or make one with: frappectl init")
        }
        return text(bytes)
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

extension HostFiles {
    /// Links followed: for paths that the caller named.
    static func isDirectory(_ path: String) -> Bool {
        var isDirectory = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory
    }

    /// What the caller hands over, to its end; nil where it cannot be read.
    static func standardInput() -> [UInt8]? {
        guard let data = try? FileHandle.standardInput.readToEnd() ?? Data() else { return nil }
        return [UInt8](data)
    }
}
