import Model

extension Question {
    /// Every different selector of the question, without labels, in the order of first use.
    var selectors: [Selector] {
        var list = SelectorList()
        kind.body.addSelectors(to: &list)
        if let who { list.add(who) }
        return list.selectors
    }
}

/// Collects selectors, each once.
struct SelectorList {
    private(set) var selectors: [Selector] = []
    private var seen: Set<Selector> = []

    mutating func add(_ selector: Selector) {
        if seen.insert(selector.unlabelled).inserted { selectors.append(selector.unlabelled) }
    }

    mutating func add(_ funnel: FunnelQuestion) {
        for step in funnel.steps { add(step) }
        for exclusion in funnel.exclusions { add(exclusion.selector) }
        if funnel.order == .strict { add(Selector(names: nil)) }
    }

    mutating func add(_ expression: Expression) {
        switch expression {
        case .everyone, .trait, .role, .stage, .consent, .sample: break
        case .all(let parts), .any(let parts): for part in parts { add(part) }
        case .not(let inner), .account(_, let inner), .related(_, let inner): add(inner)
        case .did(let selector, _, _), .measured(let selector, _, _, _, _), .first(let selector, _), .last(let selector, _),
            .absentFor(let selector, _):
            add(selector)
        case .sequence(let steps, _, let order, _):
            for step in steps { add(step) }
            if order == .strict { add(Selector(names: nil)) }
        }
    }
}
