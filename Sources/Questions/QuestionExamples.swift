public import Model

/// One question of each kind, over the events of a shop, for help and documents.
public enum QuestionExamples {
    /// In the order of ``Question/Kind/names``.
    public static let all: [JSONValue] = [
        ["kind": "count", "who": ["all": [["role": "customer"], ["absentFor": ["any": true], "duration": "30d"]]]],
        [
            "kind": "trend", "series": [["selector": ["event": "Order Completed"], "measure": ["sum": "total"]]],
            "interval": "week", "range": ["last": "12w"], "compare": "previous",
        ],
        [
            "kind": "funnel", "steps": [["event": "Product Viewed"], ["event": "Product Added"], ["event": "Order Completed"]],
            "window": "14d", "range": ["last": "30d"], "breakdown": [["property": "context.campaign.source"]],
        ],
        [
            "kind": "retention", "start": ["any": true], "return": ["event": "Order Completed"], "interval": "week", "periods": 8,
            "range": ["last": "8w"],
        ], ["kind": "lifecycle", "selector": ["any": true], "interval": "week", "range": ["last": "12w"]],
        ["kind": "stages", "interval": "week", "range": ["last": "12w"]],
        ["kind": "stickiness", "selector": ["any": true], "interval": "day", "range": ["last": "30d"]],
        [
            "kind": "timeToConvert", "steps": [["event": "Product Viewed"], ["event": "Order Completed"]], "window": "14d",
            "bins": 12,
        ], ["kind": "paths", "from": ["event": "Product Viewed"], "depth": 4, "range": ["last": "30d"]],
        ["kind": "rfm", "selector": ["event": "Order Completed"], "value": "total", "bins": 5],
        [
            "kind": "attribution", "conversion": ["event": "Order Completed"], "touch": ["property": "context.campaign.source"],
            "lookback": "30d", "model": "positionBased",
        ],
        [
            "kind": "distribution", "of": [["trait": "plan"]], "who": ["role": "customer"], "against": ["everyone": true],
        ], ["kind": "drivers", "target": ["event": "Order Completed"], "lookback": "7d", "minSupport": 20],
        ["kind": "timeline", "person": "p_1a", "order": "newest", "limit": 20],
    ]

    /// The example of a kind; nil when there is no such kind.
    public static func example(of kind: String) -> JSONValue? { all.first { $0["kind"]?.stringValue == kind } }
}
