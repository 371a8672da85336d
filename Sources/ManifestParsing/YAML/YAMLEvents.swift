import CYaml

/// Line and column in a text, both from 1; columns count Unicode scalars.
struct YAMLMark: Hashable {
    var line: Int
    var column: Int
}

/// Why a text is not a YAML document that can be used.
struct YAMLFailure: Error {
    var mark: YAMLMark
    var message: String
}

/// A scalar as it was written; `isPlain` without quotes and block indicators.
struct YAMLScalar {
    var text: String
    var isPlain: Bool
    var tag: String?
}

/// One event of libyaml with where it begins.
struct YAMLEvent {
    enum Kind {
        case scalar(YAMLScalar)
        case alias
        case listStart(tag: String?)
        case mapStart(tag: String?)
        case end
        case documentStart
        case documentEnd
        case streamEnd
    }

    var kind: Kind
    /// The name after `&`, or after `*` for an alias.
    var anchor: String?
    var mark: YAMLMark
}

/// libyaml's events of one text.
///
/// Yams composes whole documents and hashes every key on the way, aliases expanded: a few nested lines then take
/// hours. Its events let depth and size be bounded before anything is built, so this file alone imports its C module.
final class YAMLEvents {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let bytes: UnsafeMutableBufferPointer<UInt8>
    private let firstLine: Int

    /// `firstLine` is the line of the file that the text begins on.
    init(_ text: String, firstLine: Int) {
        self.firstLine = firstLine
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        bytes = .allocate(capacity: text.utf8.count)
        _ = bytes.initialize(from: text.utf8)
        yaml_parser_initialize(parser)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        bytes.deallocate()
    }

    func next() throws(YAMLFailure) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
        defer { yaml_event_delete(&event) }
        let mark = mark(event.start_mark)
        switch event.type {
        case YAML_STREAM_START_EVENT: return try next()
        case YAML_STREAM_END_EVENT: return YAMLEvent(kind: .streamEnd, mark: mark)
        case YAML_DOCUMENT_START_EVENT: return YAMLEvent(kind: .documentStart, mark: mark)
        case YAML_DOCUMENT_END_EVENT: return YAMLEvent(kind: .documentEnd, mark: mark)
        case YAML_ALIAS_EVENT:
            return YAMLEvent(kind: .alias, anchor: string(event.data.alias.anchor), mark: mark)
        case YAML_SCALAR_EVENT: return scalar(event, mark)
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            return YAMLEvent(kind: .listStart(tag: string(start.tag)), anchor: string(start.anchor), mark: mark)
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            return YAMLEvent(kind: .mapStart(tag: string(start.tag)), anchor: string(start.anchor), mark: mark)
        default: return YAMLEvent(kind: .end, mark: mark)
        }
    }

    private func scalar(_ event: yaml_event_t, _ mark: YAMLMark) -> YAMLEvent {
        let scalar = event.data.scalar
        let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
        let tag = string(scalar.tag)
        let isPlain = YAMLTags.decidesType(tag) ?? (scalar.style == YAML_PLAIN_SCALAR_STYLE)
        return YAMLEvent(
            kind: .scalar(YAMLScalar(text: text, isPlain: isPlain, tag: tag)), anchor: string(scalar.anchor), mark: mark
        )
    }

    private func string(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(cString: $0) }
    }

    private func failure() -> YAMLFailure {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "the text cannot be read"
        let context = parser.pointee.context.map { String(cString: $0) }
        if parser.pointee.error == YAML_READER_ERROR {
            let mark = mark(byteOffset: parser.pointee.problem_offset)
            return YAMLFailure(mark: mark, message: "not valid YAML: \(problem)")
        }
        return YAMLComplaint(problem, context, at: character(at: Int(clamping: parser.pointee.problem_mark.index)))
            .failure(at: mark(parser.pointee.problem_mark), from: mark(parser.pointee.context_mark))
    }

    /// The character at a scalar index, for messages.
    private func character(at index: Int) -> YAMLComplaint.Character {
        let starts = bytes.lazy.filter { $0 & 0xC0 != 0x80 }
        guard let byte = starts.dropFirst(index).first else { return .end }
        let hasMore = starts.dropFirst(index).contains { !" \n\r".utf8.contains($0) }
        return byte == UInt8(ascii: "\t") ? .tab : hasMore ? .other : .end
    }

    private func mark(_ mark: yaml_mark_t) -> YAMLMark {
        YAMLMark(line: Int(clamping: mark.line) + firstLine, column: Int(clamping: mark.column) + 1)
    }

    private func mark(byteOffset: Int) -> YAMLMark {
        var mark = YAMLMark(line: firstLine, column: 1)
        for byte in bytes.prefix(byteOffset) where byte & 0xC0 != 0x80 {
            if byte == UInt8(ascii: "\n") { mark = YAMLMark(line: mark.line + 1, column: 1) } else { mark.column += 1 }
        }
        return mark
    }
}

/// The tags of YAML's own types; others are refused.
enum YAMLTags {
    private static let prefix = "tag:yaml.org,2002:"

    /// Whether a scalar with this tag is read by what it looks like; nil without a tag.
    static func decidesType(_ tag: String?) -> Bool? {
        guard let tag else { return nil }
        return tag != "!" && tag != prefix + "str"
    }

    static func isKnown(_ tag: String?, among names: [String]) -> Bool {
        guard let tag, tag != "!" else { return true }
        return names.contains { tag == prefix + $0 }
    }
}
