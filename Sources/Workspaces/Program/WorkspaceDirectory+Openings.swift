public import Loyalty
public import Model

/// Files of points from another system.
extension WorkspaceDirectory {
    /// The rows of a file, each with its member; one whose member cannot be read is refused among the others.
    ///
    /// Of a file with more rows than can come at once nobody is looked up: it is refused for its rows anyway.
    /// - Throws: ``Problem`` when the text is no such file.
    public func openingRows(of text: String, in workspace: WorkspaceID) async throws(Problem) -> [OpeningRow] {
        let file = try OpeningFile(text)
        guard file.rows.count <= ImportPoints.rowsMax else { return file.rows.map { $0.unknownMember() } }
        let calendar = try await programReader(of: workspace).program().calendar
        var rows: [OpeningRow] = []
        for row in file.rows {
            do throws(Problem) {
                rows.append(row.row(of: try await memberWish(row.member, in: workspace, place: "/member"), in: calendar))
            } catch {
                guard error.status < 500 else { throw error }
                rows.append(row.unknownMember())
            }
        }
        return rows
    }
}
