/// The operator's rule for a site's database and user: `_`, eight hex digits of "namespace/name", `_`, the site's name.
package enum DatabaseName {
    package static let longest = 64

    package static func make(object: ObjectName, siteName: String) -> String {
        let digest = StableHash.hex(StableHash.fnv32("\(object.namespace)/\(object.name)"))
        let safe = siteName.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
        return String("_\(digest)_\(String(safe))".prefix(longest))
    }
}
