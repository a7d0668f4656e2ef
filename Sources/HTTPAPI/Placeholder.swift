// Placeholder until the first real code of HTTPAPI lands.
