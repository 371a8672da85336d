import Foundation
import FrappeModel
import ManifestParsing
import StateStore
import Testing

@testable import Operations

@Suite("What doctor reads of the state")
struct StateLookTests {
    private static let text = """
        apiVersion: vyogo.tech/v1alpha1
        kind: FrappeBench
        metadata: {name: shop}
        spec: {frappeVersion: "1"}
        ---
        apiVersion: vyogo.tech/v1alpha1
        kind: FrappeSite
        metadata: {name: one}
        spec:
          benchRef: {name: shop}
          siteName: six.shop.test
          dbConfig: {mode: dedicated}
          tls: {enabled: true}
        """

    @Test("is what other verbs know: a renamed site's own server, and certificates that were made")
    func manifests() throws {
        let directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(
            atPath: "\(directory.path)/agent", withIntermediateDirectories: true)
        let store = try StateDatabase(path: "\(directory.path)/agent/state.sqlite")
        let (documents, problems) = ManifestParser.documents(text: Self.text, file: "shop.yaml", strict: false)
        #expect(problems.isEmpty)
        try store.put(documents)
        try store.put(
            SiteRecord(
                object: ObjectName("one"), siteName: "six.shop.test", bench: ObjectName("shop"), phase: .ready,
                databaseName: "_1_two", databaseServer: "two.shop.test_db", created: true))
        let issued = CertificateRecord.Issued(server: ACMEAccount.letsEncrypt, from: 0, until: 1)
        try store.put(["six.shop.test": CertificateRecord(issued: issued)], topic: .certificate)
        let site = try #require(StateLook.take(try Root(directory.path)).manifests.sites[ObjectName("one")])
        #expect(site.databaseServer == "two.shop.test_db")
        #expect(site.certificate(for: "six.shop.test") == .issued("six.shop.test"))
    }
}
