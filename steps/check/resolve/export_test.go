package resolve

// SystemResolver is read from a file of the test's own.
var SystemResolver = systemResolver
