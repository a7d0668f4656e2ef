// Placeholder until the first real code of TestSupport lands.
