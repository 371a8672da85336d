import Planning
import Testing

@Suite("What can go from the disk")
struct DiskRetentionTests {
    private func image(_ id: String, _ names: [String]? = nil) -> DiskRetention.Image {
        .init(id: id, names: names ?? ["repo:\(id)"], bytes: 1)
    }

    /// Five releases of a bench, all of them pulled here.
    private let retention = DiskRetention(
        pulled: ["e": "repo:e", "d": "repo:d", "c": "repo:c", "b": "repo:b", "a": "repo:a"],
        releases: ["shop": ["e", "d", "c", "b", "a"]], wanted: ["e"])

    @Test(
        "is an image before the two releases that can be returned to",
        arguments: [("e", false), ("d", false), ("c", false), ("b", true), ("a", true)])
    func rollback(id: String, goes: Bool) {
        #expect(retention.isRemovable(image(id)) == goes)
    }

    @Test("is no image that was not pulled by us, however old")
    func foreign() {
        var other = retention
        other.pulled["a"] = nil
        #expect(!other.isRemovable(image("a")))
        #expect(!other.isRemovable(image("stranger")))
    }

    @Test("is no image that a container or a manifest uses, whoever's it is")
    func used() {
        var other = retention
        other.wanted.insert("a")
        #expect(!other.isRemovable(image("a")))
        #expect(other.isRemovable(image("b")))
    }

    @Test("is no image that somebody gave another name; one that lost its name is")
    func renamed() {
        #expect(!retention.isRemovable(image("a", ["repo:a", "mine:kept"])))
        #expect(!retention.isRemovable(image("a", ["mine:kept"])))
        #expect(retention.isRemovable(image("a", [])))
    }

    @Test("is no image that another bench returns to")
    func shared() {
        var other = retention
        other.releases["books"] = ["x", "a"]
        #expect(!other.isRemovable(image("a")))
        #expect(other.release(ofImage: "a") == "a return of bench books")
        #expect(other.release(ofImage: "e") == "bench shop")
        #expect(other.release(ofImage: "b") == nil)
    }

    @Test("is every copy of assets that nginx does not name")
    func assets() {
        #expect(DiskRetention.removableAssets(["b", "a", "c.partial"], served: ["a"]) == ["b", "c.partial"])
    }
}
