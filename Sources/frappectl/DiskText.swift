import FrappeModel
import Operations

/// What `disk` prints for a person.
struct DiskText {
    let report: DiskReport

    init(_ report: DiskReport) { self.report = report }

    var text: String {
        var lines = report.disks.map { disk in
            let percent = disk.total == 0 ? 0 : Int(100 * Double(disk.total - disk.free) / Double(disk.total))
            return "disk   \(Quantity.bytes(disk.free)) free of \(Quantity.bytes(disk.total)) (\(percent) % used) for "
                + TextWidth.plain("\(disk.name) at \(disk.path)")
        }
        lines.append("")
        if report.isMeasured {
            lines.append(Table.text([["SPACE", "WHAT", "OF", "WHERE"]] + report.uses.map(row)))
        } else {
            lines.append("directories were not measured: no image is here that could do it; next: frappectl up")
        }
        if !report.images.isEmpty {
            lines += ["", Table.text([["SPACE", "IMAGE", "KEPT FOR"]] + report.images.map(row))]
        }
        let archived = report.uses.filter { $0.kind == "archived" }
        if !archived.isEmpty {
            lines.append("\nkept until you remove it, deleted sites with their last dumps: rm -r ")
            lines[lines.count - 1] +=
                archived.count == 1 ? Self.everything(of: archived[0]) : "\(Self.parent(archived[0].path))/NAME"
            if archived.count > 1, archived.contains(where: { $0.target != nil }) {
                lines[lines.count - 1] += ", and where that is a link what it leads to"
            }
        }
        return (lines + ["", Self.text(report.removable)]).joined(separator: "\n")
    }

    private static func parent(_ path: String) -> String {
        path.split(separator: "/").dropLast().reduce(into: "") { $0 += "/\($1)" }
    }

    private func row(_ use: DiskReport.Use) -> [String] {
        let quota = use.quota.map { " of \(Quantity.bytes($0))" } ?? ""
        return [
            Quantity.bytes(use.bytes) + quota, use.kind, use.owner, use.path + (use.target.map { " -> \($0)" } ?? ""),
        ]
    }

    private static func everything(of use: DiskReport.Use) -> String {
        ([use.target].compactMap(\.self) + [use.path]).joined(separator: " ")
    }

    private func row(_ image: DiskReport.Image) -> [String] {
        [
            Quantity.bytes(image.bytes), image.names.first ?? String(image.id.prefix(19)),
            image.keptFor ?? "nothing: it can go",
        ]
    }

    static func text(_ removable: [DiskReport.Removable]) -> String {
        guard !removable.isEmpty else { return "nothing can go" }
        let bytes = removable.reduce(0) { $0 + $1.bytes }
        return "can go\(bytes > 0 ? ", \(Quantity.bytes(bytes))" : ""): frappectl disk clean\n"
            + Table.text(
                removable.map {
                    [$0.bytes > 0 ? Quantity.bytes($0.bytes) : "", $0.kind.rawValue, $0.name, $0.reason]
                }, indent: "  ")
    }

    static func text(_ outcome: DiskClean.Outcome) -> String {
        let lines =
            outcome.removed.map { "removed \($0.kind.rawValue) \(TextWidth.plain($0.name))" }
            + outcome.kept.map { "kept \(TextWidth.plain($0.name)): \(TextWidth.plain($0.reason))" }
        return lines.isEmpty ? "nothing to remove" : lines.joined(separator: "\n")
    }
}
