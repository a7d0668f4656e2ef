extension EarningProgram {
    /// Whether anything of it counts by the tags of a person: they are only looked up then.
    package var asksForTags: Bool {
        factors.contains { $0.condition.asksForTags }
            || rules.contains { rule in
                rule.condition.asksForTags || rule.bonuses.contains { $0.condition.asksForTags }
                    || rule.factors.contains { $0.condition.asksForTags }
            }
    }
}

extension EarningVersions {
    /// Whether any version of it does.
    package var asksForTags: Bool { versions.contains { $0.program.asksForTags } }
}
