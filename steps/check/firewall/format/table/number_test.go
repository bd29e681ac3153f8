package table_test

import (
	"testing"

	ft "mxodus/steps/check/firewall/format/formattest"
)

// TestNumberColumn: a heading row may begin with #, the column of the numbers;
// remarks that begin with it stay remarks.
func TestNumberColumn(t *testing.T) {
	const (
		head = "#,Name,Source,Destination,Protocol,Port,Action,Enabled\n"
		rows = "1,mail,103.13.69.0/24,10.0.0.25,TCP,25,Permit,yes\n# 2,old,any,any,any,any,Permit,yes\n3,rest,any,any,any,any,Deny,yes\n"
	)
	ft.Run(t, "", []ft.Case{
		ft.Is("number column", head+rows, ft.Mail(), "permit", 2, ""),
		ft.Is("a row that is a remark", head+rows, ft.Mail(ft.From("8.8.8.8")), "deny", 4, ""),
		ft.Is("remarks before", "# rules of the edge\n# action: permit or deny\n"+head+rows, ft.Mail(), "permit", 4, ""),
		ft.Is("with a name", "# No;Action;Source;Destination;Service\n1;allow;103.13.69.0/24;10.0.0.25;SMTP\n", ft.Mail(), "permit", 2, ""),
		ft.Is("a remark that lists the columns", "# action,source,destination\naction,source,destination,port\nallow,103.13.69.0/24,any,25\n", ft.Mail(), "permit", 3, ""),
		ft.Is("the columns in another order", "# action,source,destination\nport,destination,source,action\n25,any,103.13.69.0/24,allow\n", ft.Mail(), "permit", 3, ""),
	})
}
