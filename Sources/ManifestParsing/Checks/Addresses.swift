/// Where people and services are reached, as far as a program that is given them must be able to trust their shape.
enum Addresses {
    static func checkEmail(_ text: String) throws(Complaint) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[0].first != "-",
            (try? Names.checkDNS(String(parts[1]))) != nil,
            parts[0].utf8.count <= 64, isPlain(text)
        else { throw Complaint("\(SafeText.quoted(text)) is not an address such as admin@example.com") }
    }

    static func checkSecureURL(_ text: String) throws(Complaint) {
        let rest = text.dropFirst("https://".count)
        guard text.hasPrefix("https://"), let first = rest.first, first.isLetter || first.isNumber || first == "[",
            text.utf8.count <= 500, isPlain(text)
        else { throw Complaint("\(SafeText.quoted(text)) is not a URL that begins with https://") }
    }

    /// Printable ASCII without spaces and quotes.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"\"'\\`<>".utf8.contains($0) }
    }
}
