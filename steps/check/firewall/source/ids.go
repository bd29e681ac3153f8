package source

// Formats that the firewall check itself knows by name.
const (
	IPTables = "iptables"
	Table    = "table"
)
