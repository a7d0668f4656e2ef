/// A growing array in pages, so that a copy costs a pointer per page and a write after a copy one page.
///
/// Elements never written read as `fallback`; pages without any other take no room. Not for small arrays: each page holds 1,024
/// elements.
struct PagedArray<Element: Sendable & BitwiseCopyable>: Sendable {
    private static var pageBits: Int { 10 }
    private static var pageMask: Int { (1 << pageBits) - 1 }

    private var pages: [ContiguousArray<Element>] = []
    /// What pages are before they are written.
    private let blank: ContiguousArray<Element>

    init(fallback: Element) { blank = ContiguousArray(repeating: fallback, count: 1 << Self.pageBits) }

    /// Number of elements that the pages have room for; an upper bound of what was written.
    var capacity: Int { pages.count << Self.pageBits }

    subscript(index: UInt32) -> Element {
        @inline(__always) get {
            let page = Int(index) >> Self.pageBits
            return page < pages.count ? pages[page][Int(index) & Self.pageMask] : blank[0]
        }
        @inline(__always) _modify {
            let page = Int(index) >> Self.pageBits
            while page >= pages.count { pages.append(blank) }
            yield &pages[page][Int(index) & Self.pageMask]
        }
    }

    /// Visits the pages in order with the index of their first element.
    func forEachPage(_ body: (_ start: Int, _ page: UnsafeBufferPointer<Element>) -> Void) {
        for (index, page) in pages.enumerated() {
            page.withUnsafeBufferPointer { body(index << Self.pageBits, $0) }
        }
    }
}
