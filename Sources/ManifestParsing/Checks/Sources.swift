import FrappeModel

/// Where requests may come from: addresses and networks of IPv4 and IPv6.
enum Sources {
    static func check(_ text: String) throws(Complaint) {
        guard isIPv4(text) || isIPv6(text) else {
            throw Complaint("\(SafeText.quoted(text)) is not an address or a network (such as 10.0.0.0/8)")
        }
        guard !["0.0.0.0/0", "::/0"].contains(text) else { throw Complaint("\(text) is everybody: name networks") }
    }

    private static func isIPv4(_ text: String) -> Bool {
        IPv4Network(text) != nil || IPv4Network.parseAddress(text).map(IPv4Network.dotted) == text
    }

    /// The characters and rough shape of one; nginx reads it once more before it is served.
    private static func isIPv6(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count < 3, parts.count == 1 || Int(parts[1]).map((0...128).contains) == true else { return false }
        let groups = parts[0].split(separator: ":", omittingEmptySubsequences: false)
        let shortened = parts[0].ranges(of: "::").count
        return groups.allSatisfy { $0.count <= 4 && $0.allSatisfy { $0.isASCII && $0.isHexDigit } }
            && (shortened == 1 && (3...9).contains(groups.count) || shortened == 0 && groups.count == 8)
            && !parts[0].contains(":::")
    }
}
