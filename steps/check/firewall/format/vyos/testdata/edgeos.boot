firewall {
    all-ping enable
    group {
        network-group MIMECAST {
            network 103.13.69.0/24
            network 124.47.150.0/24
        }
    }
    name WAN_IN {
        default-action drop
        description "WAN to internal"
        rule 10 {
            action accept
            description "Allow established/related"
            state {
                established enable
                related enable
            }
        }
        rule 20 {
            action accept
            description "Mail in"
            destination {
                address 10.0.0.25
                port 25
            }
            log disable
            protocol tcp
            source {
                group {
                    network-group MIMECAST
                }
            }
        }
    }
}
interfaces {
    ethernet eth0 {
        address 203.0.113.2/29
        firewall {
            in {
                name WAN_IN
            }
        }
    }
    ethernet eth1 {
        address 10.0.0.1/24
    }
}
service {
    nat {
        rule 1 {
            description "mail"
            destination {
                address 203.0.113.2
                port 25
            }
            inbound-interface eth0
            inside-address {
                address 10.0.0.25
            }
            protocol tcp
            type destination
        }
        rule 5010 {
            outbound-interface eth0
            type masquerade
        }
    }
}
system {
    gateway-address 203.0.113.1
    login {
        user ubnt {
            authentication {
                encrypted-password $6$s3cr3t
            }
        }
    }
}
