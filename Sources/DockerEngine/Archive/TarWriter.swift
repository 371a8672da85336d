extension TarArchive {
    /// The archive in ustar form; what does not fit its fields goes into a pax header before the entry.
    package var bytes: [UInt8] {
        var output: [UInt8] = []
        for entry in entries { Self.append(entry, to: &output) }
        return output + [UInt8](repeating: 0, count: 2 * TarLayout.block)
    }

    private static func append(_ entry: Entry, to output: inout [UInt8]) {
        let records = paxRecords(for: entry)
        if !records.isEmpty {
            let note = Entry(path: "pax", content: .file(records), mode: 0o644, uid: 0, gid: 0, modified: 0)
            appendBlocks(of: note, type: UInt8(ascii: "x"), to: &output)
        }
        appendBlocks(of: entry, type: entry.content.typeFlag, to: &output)
    }

    private static func appendBlocks(of entry: Entry, type: UInt8, to output: inout [UInt8]) {
        var content: [UInt8] = []
        if case .file(let bytes) = entry.content { content = bytes }
        output += header(entry, type: type, size: content.count)
        output += content
        output += [UInt8](repeating: 0, count: -content.count & (TarLayout.block - 1))
    }

    private static func header(_ entry: Entry, type: UInt8, size: Int) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: TarLayout.block)
        let (prefix, name) = split(entry.writtenPath)
        put(name, in: TarLayout.name, of: &header)
        put(prefix, in: TarLayout.prefix, of: &header)
        put(octal: entry.mode & 0o7777, in: TarLayout.mode, of: &header)
        put(octal: entry.uid, in: TarLayout.uid, of: &header)
        put(octal: entry.gid, in: TarLayout.gid, of: &header)
        put(octal: size, in: TarLayout.size, of: &header)
        put(octal: Int(max(0, entry.modified)), in: TarLayout.modified, of: &header)
        header[TarLayout.type] = type
        put(Array((entry.content.target ?? "").utf8), in: TarLayout.link, of: &header)
        put(Array("ustar\0".utf8), in: TarLayout.magic, of: &header)
        put(Array("00".utf8), in: TarLayout.version, of: &header)
        put(octal: TarLayout.sum(header), in: TarLayout.checksum, of: &header)
        return header
    }

    /// What fits the fields, cut where it does not: then a pax record has the whole.
    private static func split(_ path: String) -> (prefix: [UInt8], name: [UInt8]) {
        let bytes = Array(path.utf8)
        if bytes.count <= TarLayout.name.count { return ([], bytes) }
        let slashes = bytes.indices.filter { bytes[$0] == UInt8(ascii: "/") }
        let fits = slashes.first { (1...TarLayout.prefix.count).contains($0) && (2...101).contains(bytes.count - $0) }
        guard let fits else { return ([], Array(bytes.prefix(TarLayout.name.count))) }
        return (Array(bytes[..<fits]), Array(bytes[(fits + 1)...]))
    }

    private static func put(_ bytes: [UInt8], in field: Range<Int>, of header: inout [UInt8]) {
        for (offset, byte) in bytes.prefix(field.count).enumerated() { header[field.lowerBound + offset] = byte }
    }

    /// Octal digits with leading zeros and a NUL at the end.
    private static func put(octal value: Int, in field: Range<Int>, of header: inout [UInt8]) {
        let width = field.count - 1
        let digits = String(value, radix: 8).utf8.suffix(width)
        put([UInt8](repeating: 0x30, count: width - digits.count) + digits, in: field, of: &header)
    }

    private static func paxRecords(for entry: Entry) -> [UInt8] {
        var records: [UInt8] = []
        let (prefix, name) = split(entry.writtenPath)
        if prefix.count + name.count + (prefix.isEmpty ? 0 : 1) < entry.writtenPath.utf8.count {
            records += record("path", entry.writtenPath)
        }
        if let target = entry.content.target, target.utf8.count > TarLayout.link.count {
            records += record("linkpath", target)
        }
        if entry.uid > 0o7777777 { records += record("uid", String(entry.uid)) }
        if entry.gid > 0o7777777 { records += record("gid", String(entry.gid)) }
        return records
    }

    /// "length key=value\n", where the length counts its own digits too.
    private static func record(_ key: String, _ value: String) -> [UInt8] {
        let rest = " \(key)=\(value)\n"
        let count = rest.utf8.count
        var length = count
        while length != count + String(length).utf8.count { length = count + String(length).utf8.count }
        return Array("\(length)\(rest)".utf8)
    }
}

extension TarArchive.Entry {
    fileprivate var writtenPath: String { content == .directory ? path + "/" : path }
}

extension TarArchive.Entry.Content {
    fileprivate var typeFlag: UInt8 {
        switch self {
        case .file: UInt8(ascii: "0")
        case .hardLink: UInt8(ascii: "1")
        case .symbolicLink: UInt8(ascii: "2")
        case .directory: UInt8(ascii: "5")
        case .other(let flag): flag
        }
    }

    fileprivate var target: String? {
        switch self {
        case .symbolicLink(let target), .hardLink(let target): target
        default: nil
        }
    }
}
