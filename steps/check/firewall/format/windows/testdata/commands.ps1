# rules of the mail server
Set-NetFirewallProfile -Profile Domain,Public,Private -Enabled True -DefaultInboundAction Block -DefaultOutboundAction Allow
New-NetFirewallRule -DisplayName "SMTP in" -Direction Inbound -Protocol TCP -LocalPort 25 -RemoteAddress "103.13.69.0/24", `
    "124.47.150.0/24" -Action Allow -Profile Any
New-NetFirewallRule -DisplayName 'SMTP for everyone' -Direction Inbound -Protocol TCP -LocalPort 25 -Action Allow
Disable-NetFirewallRule -DisplayName 'SMTP for everyone'
