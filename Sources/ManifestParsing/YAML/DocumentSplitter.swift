/// The text of one YAML document and the line it begins on, from 1.
struct DocumentText {
    var text: String
    var firstLine: Int
}

/// Cuts a file at its `---` lines, so that one document's syntax error leaves the others readable.
struct DocumentSplitter {
    private var documents: [DocumentText] = []
    private var current: [UInt8] = []
    private var firstLine = 1
    private var hasMarker = false
    private var hasContent = false

    /// The documents that hold more than comments.
    static func documents(_ text: String) -> [DocumentText] {
        let bytes = Array(text.utf8)[(text.unicodeScalars.first == "\u{FEFF}" ? 3 : 0)...]
        var splitter = DocumentSplitter()
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            splitter.take(line, number: index + 1)
        }
        splitter.current.removeLast()
        splitter.close(nextLine: 0)
        return splitter.documents
    }

    private mutating func take(_ line: ArraySlice<UInt8>, number: Int) {
        let isMarker =
            line.starts(with: "---".utf8) && (line.count == 3 || DocumentSplitter.isBlank(line[line.startIndex + 3]))
        if isMarker {
            if hasMarker || hasContent { close(nextLine: number) }
            hasMarker = true
        }
        hasContent = hasContent || DocumentSplitter.isContent(isMarker ? line.dropFirst(3) : line)
        current += line
        current.append(UInt8(ascii: "\n"))
    }

    private mutating func close(nextLine: Int) {
        if hasContent {
            documents.append(DocumentText(text: String(decoding: current, as: UTF8.self), firstLine: firstLine))
        }
        self = DocumentSplitter(documents: documents, firstLine: nextLine)
    }

    private init(documents: [DocumentText] = [], firstLine: Int = 1) {
        self.documents = documents
        self.firstLine = firstLine
    }

    /// Anything but blanks, a comment, a directive or the end marker.
    private static func isContent(_ line: ArraySlice<UInt8>) -> Bool {
        guard let first = line.first(where: { !isBlank($0) }) else { return false }
        if first == UInt8(ascii: "#") { return false }
        return line.first != UInt8(ascii: "%") && !line.elementsEqual("...".utf8)
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }
}
