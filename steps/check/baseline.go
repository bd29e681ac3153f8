package check

import (
	"bytes"
	"encoding/json"
)

// MXBaseline is what MX-PLAN keeps in Result.Data: the sets as they were
// before the change, by domain.
type MXBaseline struct {
	Sets map[string][]MX `json:"sets"`
	// NoMX says, for domains without MX records, how many seconds a cache may
	// keep that there are none (RFC 2308 section 5).
	NoMX map[string]uint32 `json:"no_mx,omitempty"`
}

// UnmarshalJSON also reads the older form, which was Sets alone.
func (b *MXBaseline) UnmarshalJSON(raw []byte) error {
	type plain MXBaseline
	var p plain
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields() // a domain as a key is the older form
	if err := d.Decode(&p); err == nil {
		*b = MXBaseline(p)
		return nil
	}
	var sets map[string][]MX
	if err := json.Unmarshal(raw, &sets); err != nil {
		return err
	}
	*b = MXBaseline{Sets: sets}
	return nil
}
