"""Fills a domain that was just provisioned with the people of a JSON file. Run by samba-domain.ts, with Debian's python3."""
import json
import sys

import ldb
from samba import dsdb
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB
from samba.sd_utils import SDUtils

smb_conf, database, people = sys.argv[1:]
lp = LoadParm()
lp.load(smb_conf)
db = SamDB(url=database, session_info=system_session(lp), lp=lp)
given = json.load(open(people))
db.transaction_start()
db.modify_ldif(given["policy"])
for entry in given["entries"]:
    password = entry.pop("password", None)
    if password is not None:
        entry["unicodePwd"] = ('"%s"' % password).encode("utf-16-le")
    hours = entry.pop("noHours", None)
    if hours is not None:
        entry["logonHours"] = bytes(21)
    set_at = entry.pop("passwordSetAt", None)
    db.add(entry)
    if set_at is not None:
        change = ldb.Message(ldb.Dn(db, entry["dn"]))
        change["pwdLastSet"] = ldb.MessageElement(set_at, ldb.FLAG_MOD_REPLACE, "pwdLastSet")
        db.modify(change, controls=["local_oid:%s:0" % dsdb.DSDB_CONTROL_BYPASS_PASSWORD_HASH_OID])
db.transaction_commit()
# What the service account is not allowed to read, by the identifier of the attribute or of its property set.
[service] = db.search(expression="(sAMAccountName=%s)" % given["service"], attrs=["objectSid"])
sid = db.schema_format_value("objectSid", service["objectSid"][0]).decode()
for dn, right in given["hidden"]:
    SDUtils(db).dacl_add_ace(dn, "(OD;;RP;%s;;%s)" % (right, sid))
