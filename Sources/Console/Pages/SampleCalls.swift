import Model

/// Calls to copy where something is missing: the smallest that would answer the question.
enum SampleCalls {
    static func order(currency: Currency) -> String {
        #"""
        {"type": "track", "userId": "u-1024", "event": "Order Completed",
         "properties": {"order_id": "A-2048", "revenue": 128.00, "currency": "\#(currency.code)"}}
        """#
    }

    static func viewAndOrder(currency: Currency) -> String {
        #"{"type": "track", "userId": "u-1024", "event": "Product Viewed", "properties": {"product_id": "longjing"}}"# + "\n"
            + order(currency: currency)
    }

    static let account = #"""
        {"type": "group", "userId": "u-1024", "groupId": "acme",
         "traits": {"name": "Acme", "contract_until": "2027-03-31"}}
        """#

    static let review = #"""
        {"type": "track", "userId": "u-1024", "event": "Product Reviewed",
         "properties": {"product_id": "longjing", "rating": 5, "review_body": "…"}}
        """#
}

/// Code that sends a first event from the places people send from.
enum Snippets {
    /// - Parameters:
    ///   - address: scheme, host and port of this server, without a slash at the end.
    ///   - key: the write key, or a place for it.
    static func all(address: String, key: String, words: Words) -> [Snippet] {
        [
            Snippet(id: "browser", label: words(\.setup.snippetBrowser), code: browser(address, key), open: true),
            Snippet(id: "curl", label: words(\.setup.snippetCurl), code: curl(address, key)),
            Snippet(id: "node", label: words(\.setup.snippetNode), code: node(address, key)),
            Snippet(id: "python", label: words(\.setup.snippetPython), code: python(address, key)),
            Snippet(id: "go", label: words(\.setup.snippetGo), code: go(address, key)),
        ]
    }

    private static func browser(_ address: String, _ key: String) -> String {
        #"""
        <script src="\#(address)/teahouse.js" data-write-key="\#(key)" async></script>
        <script>
          // once you know who it is:
          // teahouse.identify("u-1024", { name: "…", plan: "…" });
        </script>
        """#
    }

    private static func curl(_ address: String, _ key: String) -> String {
        #"""
        curl \#(address)/v1/track -u \#(key): \
          -H 'content-type: application/json' \
          -d '{"userId": "u-1024", "event": "Product Viewed", "properties": {"product_id": "longjing"}}'
        """#
    }

    private static func node(_ address: String, _ key: String) -> String {
        #"""
        // npm install @segment/analytics-node
        import { Analytics } from "@segment/analytics-node";
        const analytics = new Analytics({ writeKey: "\#(key)", host: "\#(address)" });
        analytics.track({ userId: "u-1024", event: "Order Completed", properties: { revenue: 128, currency: "CNY" } });
        await analytics.closeAndFlush();
        """#
    }

    private static func python(_ address: String, _ key: String) -> String {
        #"""
        # pip install segment-analytics-python
        import segment.analytics as analytics
        analytics.write_key = "\#(key)"
        analytics.host = "\#(address)"
        analytics.track("u-1024", "Order Completed", {"revenue": 128, "currency": "CNY"})
        analytics.flush()
        """#
    }

    private static func go(_ address: String, _ key: String) -> String {
        #"""
        // go get github.com/segmentio/analytics-go/v3
        client, _ := analytics.NewWithConfig("\#(key)", analytics.Config{Endpoint: "\#(address)"})
        defer client.Close()
        client.Enqueue(analytics.Track{UserId: "u-1024", Event: "Order Completed",
            Properties: analytics.NewProperties().SetRevenue(128).SetCurrency("CNY")})
        """#
    }
}
