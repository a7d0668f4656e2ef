internal import CMalloc

/// How the C library keeps the memory that the program gave back.
enum Heap {
    /// Blocks of at least this many bytes go back to the system when they are freed: merges and parts in memory are such.
    private static let largeBytes: Int32 = 1 << 18

    /// Keeps a server's memory near what it uses: by default every thread has a heap of its own, and holes in them are never given back.
    ///
    /// To be called once, before threads allocate much.
    static func settle() {
        mallopt(M_ARENA_MAX, 2)
        mallopt(M_MMAP_THRESHOLD, largeBytes)
        mallopt(M_TRIM_THRESHOLD, largeBytes)
    }
}
