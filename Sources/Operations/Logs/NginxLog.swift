import DockerEngine
import FoundationEssentials
import FrappeModel
import Rendering
import SystemPackage

/// A file in which the host's nginx writes of one bench.
struct NginxLog: Sendable {
    var source: LogSource
    var path: String
    var channel: LogRecord.Channel

    static func all(of bench: ObjectName, _ layout: HostLayout) -> [NginxLog] {
        let name = Proxy.identifier(bench)
        return [
            NginxLog(source: .nginx(bench), path: "\(layout.logs)/\(name)/access.log", channel: .output),
            NginxLog(source: .nginx(bench), path: "\(layout.logs)/\(name)/error.log", channel: .errors),
        ]
    }

    /// When a line was written: `"time":"2026-01-02T03:04:05+00:00"` of the access log, `2026/01/02 03:04:05` of the
    /// error log, which is in the host's own zone; nil for the rest of a longer message.
    static func time(of line: String, secondsEast: Int) -> Timestamp? {
        if line.hasPrefix(accessPrefix) {
            return Timestamp(rfc3339: line.dropFirst(accessPrefix.count).prefix { $0 != "\"" })
        }
        let stamp = line.prefix(19)
        guard stamp.count == 19, stamp.contains(" ") else { return nil }
        let text = stamp.replacing("/", with: "-").replacing(" ", with: "T") + "Z"
        return Timestamp(rfc3339: text).map {
            Timestamp(nanosecondsSinceEpoch: $0.nanosecondsSinceEpoch - Int64(secondsEast) * 1_000_000_000)
        }
    }

    private static let accessPrefix = "{\"time\":\""
}

/// A place in a file: in which one, since files of one name follow each other, and how far.
struct FilePosition: Hashable, Sendable {
    var inode: UInt64
    var offset: Int

    /// Nil where there is no such file.
    static func end(of path: String) -> FilePosition? {
        guard let status = try? FileManager.default.attributesOfItem(atPath: path),
            let inode = status[.systemFileNumber] as? UInt64, let size = status[.size] as? UInt64
        else { return nil }
        return FilePosition(inode: inode, offset: Int(size))
    }
}
