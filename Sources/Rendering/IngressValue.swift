import FrappeModel

/// Values on their way into nginx's text: each is one of the kinds below or refused; nothing is escaped.
enum IngressValue {
    /// A lowercase DNS name as nginx compares it, without port and without a trailing dot.
    static func hostName(_ text: String) throws(IngressRenderingError) -> String {
        guard isHostName(text.utf8), text != IngressState.generationHost else { throw .refused(.hostName, text) }
        return text
    }

    /// Labels of 1 to 63 letters, digits and inner hyphens, the last with a letter; in one pass, since it is asked of
    /// every name there is.
    private static func isHostName(_ text: some Sequence<UInt8>) -> Bool {
        var length = 0
        var label = 0
        var isNumber = true
        var last = UInt8(ascii: ".")
        for byte in text {
            length += 1
            if byte == UInt8(ascii: ".") {
                guard label > 0, last != UInt8(ascii: "-") else { return false }
                (label, isNumber) = (0, true)
            } else {
                guard isLabelByte(byte), label > 0 || byte != UInt8(ascii: "-") else { return false }
                label += 1
                if !isDigit(byte) { isNumber = false }
            }
            guard label <= 63, length <= 253 else { return false }
            last = byte
        }
        return label > 0 && last != UInt8(ascii: "-") && !isNumber
    }

    /// A directory under `sites`: a host name that Frappe's own `assets` does not take.
    static func siteName(_ text: String) throws(IngressRenderingError) -> String {
        guard text != "assets", let name = try? hostName(text) else { throw .refused(.siteName, text) }
        return name
    }

    /// A host name, or `*.` and one.
    static func hostPattern(_ text: String) throws(IngressRenderingError) -> String {
        guard HostPattern.isWildcard(text) else { return try hostName(text) }
        guard isHostName(text.dropFirst(2).utf8), text.utf8.count <= 253 else { throw .refused(.hostName, text) }
        return text
    }

    /// A host name or pattern as a map's key: the words that mean something to `map` get a backslash.
    static func escapedKey(_ name: String) -> String {
        switch name {
        case "default", "hostnames", "include", "volatile": "\\\(name)"
        default: name
        }
    }

    /// Lowercase letters, digits, inner hyphens and dots, at most 127.
    static func identifier(_ text: String) throws(IngressRenderingError) -> String {
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard text.utf8.count <= 127, labels.allSatisfy(isLabel) else { throw .refused(.identifier, text) }
        return text
    }

    static func accountName(_ text: String) throws(IngressRenderingError) -> String {
        guard (1...32).contains(text.utf8.count), text.utf8.allSatisfy({ isLabelByte($0) || $0 == UInt8(ascii: "_") }),
            text.utf8.first != UInt8(ascii: "-")
        else { throw .refused(.accountName, text) }
        return text
    }

    static func port(_ number: Int) throws(IngressRenderingError) -> Int {
        guard (1...65535).contains(number) else { throw .refused(.port, "\(number)") }
        return number
    }

    /// An absolute path in its shortest form, of letters, digits, spaces and `/._-+@,=~()`; other scripts' letters too.
    static func path(_ text: String) throws(IngressRenderingError) -> String {
        let components = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        guard text.hasPrefix("/"), text.utf8.count <= 1024, text.unicodeScalars.allSatisfy(isPathScalar),
            components.allSatisfy({ !["", ".", ".."].contains($0) })
        else { throw .refused(.path, text) }
        return text
    }

    /// `192.0.2.1:8080` or `[2001:db8::1]:8080`.
    static func listen(_ address: String, port: Int) throws(IngressRenderingError) -> String {
        if IPv4Network.parseAddress(address) != nil { return "\(address):\(try Self.port(port))" }
        guard address.utf8.contains(UInt8(ascii: ":")), address.utf8.count <= 45,
            address.utf8.allSatisfy({ $0 == UInt8(ascii: ":") || isHexDigit($0) })
        else { throw .refused(.address, address) }
        return "[\(address)]:\(try Self.port(port))"
    }

    /// An address or a network, as `geo` and `set_real_ip_from` take it.
    static func source(_ text: String) throws(IngressRenderingError) -> String {
        let separators = Set(":./".utf8)
        guard (2...49).contains(text.utf8.count), text.utf8.contains(where: { $0 == 0x3A || $0 == 0x2E }),
            text.utf8.allSatisfy({ isHexDigit($0) || separators.contains($0) })
        else { throw .refused(.source, text) }
        return text
    }

    /// The file name of a snippet.
    static func snippetName(_ text: String) throws(IngressRenderingError) -> String {
        let marks = Set("._-".utf8)
        let isPlain = text.utf8.allSatisfy {
            isLabelByte($0) || marks.contains($0) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
        }
        guard isPlain, text.hasSuffix(".conf"), !text.hasPrefix("."), text.utf8.count <= 200 else {
            throw .refused(.snippetName, text)
        }
        return text
    }

    /// What goes behind `server` in an upstream; a socket's path has to fit the kernel's 108 bytes.
    static func upstream(_ address: UpstreamAddress) throws(IngressRenderingError) -> String {
        switch address {
        case .port(let number): return "127.0.0.1:\(try port(number))"
        case .socket(let text):
            guard text.utf8.count <= 107 else { throw .refused(.socketPath, text) }
            return "unix:\(try path(text))"
        }
    }

    /// `web:8000`: a network alias and a port.
    static func aliasAndPort(_ text: String) throws(IngressRenderingError) -> String {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Int(parts[1]), "\(number)" == parts[1] else {
            throw .refused(.aliasAndPort, text)
        }
        return "\(try identifier(String(parts[0]))):\(try port(number))"
    }

    /// Text inside a quoted nginx parameter, which nginx limits to 4096 bytes.
    static func quotable(_ text: String) throws(IngressRenderingError) -> String {
        let special: Set<Unicode.Scalar> = ["\"", "\\", "$"]
        guard text.utf8.count < 4000, !text.unicodeScalars.contains(where: special.contains) else {
            throw .refused(.page, text)
        }
        return text
    }

    private static func isLabel(_ label: Substring.UTF8View) -> Bool {
        (1...63).contains(label.count) && label.allSatisfy(isLabelByte) && label.first != UInt8(ascii: "-")
            && label.last != UInt8(ascii: "-")
    }

    private static func isLabelByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "-")
    }

    static func isWordByte(_ byte: UInt8) -> Bool {
        isLabelByte(byte) || "/._".utf8.contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    private static func isPathScalar(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return "/._-+@,=~() ".unicodeScalars.contains(scalar) || isPathLetter(scalar) }
        return isPathLetter(scalar)
    }

    private static func isPathLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .nonspacingMark, .spacingMark:
            true
        default: false
        }
    }
}
