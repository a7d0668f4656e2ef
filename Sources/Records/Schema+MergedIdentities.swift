extension Schema {
    /// Whom an identity named before members became one: numbers that were told under it are of that member's books.
    static let mergedIdentities = Migration(
        version: 24, name: "members whom identities named before a merge",
        statements: ["ALTER TABLE loyalty_identities ADD COLUMN first_member BIGINT"])
}
