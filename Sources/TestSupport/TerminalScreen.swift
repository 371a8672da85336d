/// What a terminal shows after a recording: the few codes that frappectl uses.
package struct TerminalScreen: Sendable {
    private let rows: Int
    private var lines: [[Character]] = [[]]
    private var row = 0
    private var column = 0
    package private(set) var showsCursor = true
    package private(set) var wraps = true
    package private(set) var isAlternate = false
    /// Codes that are none of the few.
    package private(set) var unknown: [String] = []
    /// Whether the cursor was moved above the first row of the screen.
    package private(set) var leftScreen = false

    package init(rows: Int, recording: String) {
        self.rows = rows
        var rest = Substring(recording)
        while let character = rest.popFirst() {
            if character == "\u{1B}" { act(on: Self.code(&rest)) } else { put(character) }
        }
    }

    /// All lines, those that scrolled away too, without spaces at their ends.
    package var text: [String] {
        lines.map { line in String(line.reversed().drop { $0 == " " }.reversed()) }
    }

    private static func code(_ rest: inout Substring) -> String {
        var code = ""
        while let character = rest.popFirst() {
            code.append(character)
            if character.isLetter || character != "[" && code.count == 1 { break }
        }
        return code
    }

    private mutating func act(on code: String) {
        let number = Int(code.filter(\.isNumber)) ?? 1
        let top = max(0, lines.count - rows)
        switch (code, code.last) {
        case ("[?25l", _): showsCursor = false
        case ("[?25h", _): showsCursor = true
        case ("[?7l", _): wraps = false
        case ("[?7h", _): wraps = true
        case ("[?1049h", _), ("[?1049l", _): isAlternate = code.hasSuffix("h")
        case (_, "m"): break
        case ("[H", _): (row, column) = (top, 0)
        case (_, "A"):
            leftScreen = leftScreen || row - number < top
            row = max(top, row - number)
        case ("[K", _): lines[row].removeSubrange(min(column, lines[row].count)...)
        case ("[J", _):
            lines[row].removeSubrange(min(column, lines[row].count)...)
            lines.removeSubrange((row + 1)...)
        default: unknown.append(code)
        }
    }

    private mutating func put(_ character: Character) {
        switch character {
        case "\r": column = 0
        case "\n", "\r\n":
            row += 1
            column = character == "\n" ? column : 0
            if row == lines.count { lines.append([]) }
        default:
            while lines[row].count <= column { lines[row].append(" ") }
            lines[row][column] = character
            column += 1
        }
    }
}
