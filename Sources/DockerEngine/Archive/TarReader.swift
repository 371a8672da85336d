extension TarArchive {
    /// Reads ustar, pax and GNU forms. Nothing is unpacked anywhere; links are told, not followed.
    package init(_ bytes: [UInt8]) throws(TarError) {
        var reader = TarReader(bytes)
        var entries: [Entry] = []
        while let entry = try reader.next() { entries.append(entry) }
        self.init(entries: entries)
    }
}

/// Goes through an archive that is not to be trusted.
private struct TarReader {
    private let bytes: [UInt8]
    private var offset = 0
    /// What extended headers said of the entry that follows them.
    private var overrides: [String: String] = [:]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The next entry, nil at the end: a block of zeros, or no more bytes.
    mutating func next() throws(TarError) -> TarArchive.Entry? {
        while offset < bytes.count {
            guard offset + TarLayout.block <= bytes.count else { throw .truncated }
            let header = Array(bytes[offset..<offset + TarLayout.block])
            if header.allSatisfy({ $0 == 0 }) { return nil }
            guard number(header, TarLayout.checksum) == TarLayout.sum(header) else { throw .badHeader(offset: offset) }
            let type = header[TarLayout.type]
            let content = try takeContent(header, type)
            if !takesNote(type, content) { return try entry(header, type, content) }
        }
        return nil
    }

    /// Steps over header and content, which only files and notes have.
    private mutating func takeContent(_ header: [UInt8], _ type: UInt8) throws(TarError) -> ArraySlice<UInt8> {
        let said = overrides["size"].map { Int($0) } ?? number(header, TarLayout.size)
        guard let size = said, size >= 0 else { throw .badHeader(offset: offset) }
        let start = offset + TarLayout.block
        guard !"123456".utf8.contains(type) else {
            offset = start
            return []
        }
        guard size <= bytes.count - start else { throw .truncated }
        offset = min(bytes.count, start + size + (-size & (TarLayout.block - 1)))
        return bytes[start..<start + size]
    }

    /// Remembers what an extended header says; false for an entry of its own.
    private mutating func takesNote(_ type: UInt8, _ content: ArraySlice<UInt8>) -> Bool {
        switch type {
        case UInt8(ascii: "x"): overrides.merge(paxRecords(content)) { $1 }
        case UInt8(ascii: "L"): overrides["path"] = text(content)
        case UInt8(ascii: "K"): overrides["linkpath"] = text(content)
        case UInt8(ascii: "g"): break
        default: return false
        }
        return true
    }

    private mutating func entry(
        _ header: [UInt8], _ type: UInt8, _ content: ArraySlice<UInt8>
    ) throws(TarError) -> TarArchive.Entry {
        defer { overrides = [:] }
        let path = try safe(overrides["path"] ?? ustarPath(header))
        let target = overrides["linkpath"] ?? text(header[TarLayout.link])
        return TarArchive.Entry(
            path: path, content: self.content(type, content, target),
            mode: (number(header, TarLayout.mode) ?? 0) & 0o7777,
            uid: overrides["uid"].flatMap { Int($0) } ?? number(header, TarLayout.uid) ?? 0,
            gid: overrides["gid"].flatMap { Int($0) } ?? number(header, TarLayout.gid) ?? 0,
            modified: Int64(number(header, TarLayout.modified) ?? 0))
    }

    private func content(_ type: UInt8, _ bytes: ArraySlice<UInt8>, _ target: String) -> TarArchive.Entry.Content {
        switch type {
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): .file(Array(bytes))
        case UInt8(ascii: "1"): .hardLink(target: target)
        case UInt8(ascii: "2"): .symbolicLink(target: target)
        case UInt8(ascii: "5"): .directory
        default: .other(type)
        }
    }

    private func ustarPath(_ header: [UInt8]) -> String {
        let name = text(header[TarLayout.name])
        let isUstar = Array(header[TarLayout.magic]) == Array("ustar\0".utf8)
        let prefix = isUstar ? text(header[TarLayout.prefix]) : ""
        return prefix.isEmpty ? name : prefix + "/" + name
    }

    /// The path without "./" and slashes around it; refused when it could lead out of a directory.
    private func safe(_ path: String) throws(TarError) -> String {
        let parts = path.split(separator: "/").filter { $0 != "." }
        guard !path.hasPrefix("/"), !path.isEmpty, !parts.contains(".."), !path.utf8.contains(0) else {
            throw .unsafePath(path)
        }
        return parts.isEmpty ? "." : parts.joined(separator: "/")
    }

    /// Octal digits, or, when the first bit is set, a number in bytes; nil for anything else.
    private func number(_ header: [UInt8], _ field: Range<Int>) -> Int? {
        let bytes = header[field]
        if let first = bytes.first, first & 0x80 != 0 { return binary(bytes) }
        let digits = bytes.drop { $0 == 0x20 }.prefix { $0 != 0 && $0 != 0x20 }
        guard digits.allSatisfy({ (0x30...0x37).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 << 3 | Int($1 - 0x30) }
    }

    private func binary(_ bytes: ArraySlice<UInt8>) -> Int? {
        let value = bytes.dropFirst()
        guard bytes.first == 0x80, value.dropLast(7).allSatisfy({ $0 == 0 }) else { return nil }
        return value.suffix(7).reduce(0) { $0 << 8 | Int($1) }
    }

    /// Up to the first NUL.
    private func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// The records "length key=value\n" of an extended header, as far as they are whole.
    private func paxRecords(_ content: ArraySlice<UInt8>) -> [String: String] {
        var records: [String: String] = [:]
        var rest = content
        while let space = rest.firstIndex(of: 0x20) {
            guard let length = Int(String(decoding: rest[..<space], as: UTF8.self)),
                length > space - rest.startIndex + 1, length <= rest.count
            else { break }
            let record = rest[(space + 1)..<rest.startIndex + length - 1]
            rest = rest.dropFirst(length)
            guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let key = String(decoding: record[..<equals], as: UTF8.self)
            records[key] = String(decoding: record[(equals + 1)...], as: UTF8.self)
        }
        return records
    }
}
