# mail from the provider alone
aws ec2 authorize-security-group-ingress --group-id sg-0mail \
  --ip-permissions '[{"IpProtocol":"tcp","FromPort":25,"ToPort":25,"IpRanges":[{"CidrIp":"103.13.69.0/24"},{"CidrIp":"124.47.150.0/24"}]}]'
aws ec2 authorize-security-group-ingress --group-id sg-0mail --protocol tcp --port 443 --cidr 0.0.0.0/0
aws ec2 authorize-security-group-ingress --group-id sg-0mail --protocol tcp --port 25 --cidr 0.0.0.0/0
aws ec2 revoke-security-group-ingress --group-id sg-0mail --protocol tcp --port 25 --cidr 0.0.0.0/0
