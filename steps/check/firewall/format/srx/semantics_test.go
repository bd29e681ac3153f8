package srx_test

import "time"

var noTime time.Time
