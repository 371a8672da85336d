import FrappeModel
import GRDB

extension StateDatabase {
    /// Of everything that is intended and recorded, the journal left aside; rows are not decoded.
    package func fingerprint() throws(StateStoreError) -> String {
        try read("reading what is stored") { database in
            var fingerprint = Fingerprint()
            for table in ["manifest", "release", "site", "fact"] {
                let rows = try Row.fetchCursor(database, sql: "SELECT * FROM \"\(table)\"")
                var count = 0
                while let row = try rows.next() {
                    count += 1
                    for index in 0..<row.count {
                        try row.withUnsafeData(atIndex: index) { data in
                            guard let data else { return fingerprint.add(-1) }
                            data.withUnsafeBytes { fingerprint.add($0) }
                        }
                    }
                }
                fingerprint.add(count)
            }
            return fingerprint.text
        }
    }
}
