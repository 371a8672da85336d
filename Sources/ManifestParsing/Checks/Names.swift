import FrappeModel

/// Rules for names, each of which throws what is wrong with one.
enum Names {
    /// A name that DNS can hold, in small letters.
    static func checkDNS(_ text: String) throws(Complaint) {
        let quoted = SafeText.quoted(text)
        guard !text.isEmpty, text.utf8.count <= 253, labels(text).allSatisfy({ isLabel($0, capitals: true) }) else {
            throw Complaint("\(quoted) is not a DNS name (letters, digits, hyphens, dots)")
        }
        guard text == text.lowercased() else {
            throw Complaint("\(quoted) has capital letters: write \(text.lowercased())")
        }
    }

    /// A name, or `*.` and one.
    static func checkPattern(_ text: String) throws(Complaint) {
        guard HostPattern.isWildcard(text) else { return try checkSite(text) }
        try checkDNS(String(text.dropFirst(2)))
        guard text.utf8.count <= 253 else { throw Complaint("\(SafeText.quoted(text)) is too long for a DNS name") }
    }

    /// A site's name is a directory beside others that benches make.
    static func checkSite(_ text: String) throws(Complaint) {
        try checkDNS(text)
        guard !reserved.contains(text) else {
            throw Complaint("\(SafeText.quoted(text)) is a name that every bench uses itself: choose another")
        }
    }

    private static let reserved: Set<String> = ["assets", "apps.txt", "apps.json", "currentsite.txt"]

    static func checkLabel(_ text: String) throws(Complaint) {
        guard isLabel(text.utf8[...], capitals: false) else {
            throw Complaint("\(SafeText.quoted(text)) is not a name (small letters, digits, hyphens; at most 63)")
        }
    }

    static func checkObject(_ text: String) throws(Complaint) {
        guard text.utf8.count <= 253, labels(text).allSatisfy({ isLabel($0, capitals: false) }) else {
            throw Complaint(
                "\(SafeText.quoted(text)) is not a name (small letters, digits, hyphens, dots; at most 253)")
        }
    }

    static func checkApp(_ text: String) throws(Complaint) {
        let isName = text.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") || $0 == hyphen }
        guard isName, text.utf8.count <= 100, let first = text.utf8.first, isLetter(first) else {
            throw Complaint("\(SafeText.quoted(text)) is not the name of an app (letters, digits, underscores)")
        }
    }

    /// The keys of a Secret become file names.
    static func checkSecretKey(_ text: String) throws(Complaint) {
        let isName = text.utf8.allSatisfy { isLetter($0) || isDigit($0) || "._-".utf8.contains($0) }
        guard isName, !text.isEmpty, text.utf8.count <= 253, text != ".", !text.hasPrefix("..") else {
            throw Complaint(
                "\(SafeText.quoted(text)) is not a key of a Secret (letters, digits, hyphens, underscores, dots)")
        }
    }

    /// A password is typed by people, and goes to `bench new-site` as one argument.
    static func checkPassword(_ bytes: [UInt8]) throws(Complaint) {
        guard !bytes.isEmpty else { throw Complaint("is empty: give a password") }
        guard bytes.count <= 512 else { throw Complaint("has \(bytes.count) bytes: a password has at most 512") }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Complaint("is not text in UTF-8") }
        guard text.last?.isNewline != true else {
            throw Complaint("ends with a line end, which would be part of the password: encode it without (printf %s)")
        }
        guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw Complaint("has control characters, which nobody can type: choose another password")
        }
    }

    static func checkSuffix(_ text: String) throws(Complaint) {
        try checkDNS(domain(ofSuffix: text) ?? "")
    }

    /// What is appended to a site's name, without a dot at its beginning; nil where nothing is given.
    static func domain(ofSuffix text: String) -> String? {
        let domain = text.hasPrefix(".") ? String(text.dropFirst()) : text
        return domain.isEmpty ? nil : domain
    }

    private static func labels(_ text: String) -> [Substring.UTF8View] {
        text.split(separator: ".", omittingEmptySubsequences: false).map(\.utf8)
    }

    private static func isLabel(_ label: Substring.UTF8View, capitals: Bool) -> Bool {
        guard (1...63).contains(label.count), label.first != hyphen, label.last != hyphen else { return false }
        return label.allSatisfy {
            isDigit($0) || $0 == hyphen || (isLetter($0) && (capitals || $0 >= UInt8(ascii: "a")))
        }
    }

    private static let hyphen = UInt8(ascii: "-")

    static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

/// Rules for references to images.
enum ImageNames {
    static func checkRepository(_ text: String) throws(Complaint) {
        let parts = split(text)
        guard parts.digest == nil else {
            throw Complaint("\(SafeText.quoted(text)) names a digest, which is not yet supported: give a tag")
        }
        if let tag = parts.tag, isTag(tag) {
            throw Complaint("\(SafeText.quoted(text)) has a tag: write it in tag: \(tag)")
        }
        guard parts.tag == nil, isRepository(parts.repository) else { throw notImage(text) }
    }

    static func checkTag(_ text: String) throws(Complaint) {
        guard isTag(text) else {
            throw Complaint(
                "\(SafeText.quoted(text)) is not an image tag (letters, digits, dots, hyphens; at most 128)")
        }
    }

    static func check(_ text: String) throws(Complaint) {
        let parts = split(text)
        guard isRepository(parts.repository), parts.tag.map(isTag) ?? true, parts.digest.map(isDigest) ?? true
        else { throw notImage(text) }
    }

    private static func notImage(_ text: String) -> Complaint {
        Complaint("\(SafeText.quoted(text)) is not an image (such as frappe/erpnext or ghcr.io/me/erp)")
    }

    private static func split(_ text: String) -> (repository: String, tag: String?, digest: String?) {
        let halves = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let name = halves.first ?? ""
        let digest = halves.count == 2 ? halves[1] : nil
        guard let colon = name.lastIndex(of: ":"), !name[colon...].contains("/") else { return (name, nil, digest) }
        return (String(name[..<colon]), String(name[name.index(after: colon)...]), digest)
    }

    private static func isRepository(_ text: String) -> Bool {
        guard text.utf8.count <= 255 else { return false }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count > 1 else { return isPathPart(text[...]) }
        return (isRegistry(first) || isPathPart(first)) && parts.dropFirst().allSatisfy(isPathPart)
    }

    private static func isRegistry(_ text: Substring) -> Bool {
        let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let host = halves.first, host == "localhost" || text.contains(".") || text.contains(":"),
            halves.count == 1 || UInt16(halves[1]) != nil
        else {
            return false
        }
        return host.utf8.allSatisfy { Names.isLetter($0) || Names.isDigit($0) || ".-".utf8.contains($0) }
            && !host.isEmpty && host.first != "-" && host.first != "." && !host.contains("..")
    }

    /// Small letters and digits, with `.`, `_`, `__` or hyphens between them.
    private static func isPathPart(_ text: Substring) -> Bool {
        let isAlphanumeric = { (byte: UInt8) in
            Names.isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        }
        guard let first = text.utf8.first, let last = text.utf8.last, isAlphanumeric(first), isAlphanumeric(last)
        else { return false }
        return text.utf8.allSatisfy { isAlphanumeric($0) || "._-".utf8.contains($0) } && !text.contains("..")
    }

    private static func isTag(_ text: String) -> Bool {
        guard (1...128).contains(text.utf8.count), text.first != ".", text.first != "-" else { return false }
        return text.utf8.allSatisfy { Names.isLetter($0) || Names.isDigit($0) || "._-".utf8.contains($0) }
    }

    private static func isDigest(_ text: String) -> Bool {
        let hex = text.dropFirst("sha256:".count)
        return text.hasPrefix("sha256:") && hex.utf8.count == 64 && hex.allSatisfy(\.isHexDigit)
    }
}
