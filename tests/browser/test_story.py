"""What people do here, from the first mail to the last, through real pages, real mails and a real worker."""

from circles.models import Circle, Membership

ADA, BO = "ada@example.org", "bo@example.org"


def test_first_steps(visit, house):
    ada = visit()
    ada.come_in(ADA)
    ada.sees("What shall we call you?")
    assert ada.page.locator('[name="time_zone"]').input_value() == "Europe/Lisbon"
    ada.fill(name="Ada")
    ada.press("Go on")
    ada.go("/circles/new/")
    ada.fill(kind="care", name="Around Emil", around="Emil")
    ada.press("Start the circle")
    ada.press("Invite somebody")
    ada.fill(name="Bo", email=BO, how_they_know="We sing in the same choir.")
    ada.press("See the mail")
    ada.sees("We sing in the same choir.")
    ada.press("Send it")

    invitation = house.mail_to(BO)
    assert "We sing in the same choir." in invitation.text
    link = invitation.link("/circles/join/")
    assert [house.get(link), house.get(link)] == [200, 200]
    assert Membership.objects.count() == 1

    bo = visit(timezone_id="Europe/Berlin")
    bo.go(link)
    bo.press("Mail me the code")
    bo.enter_code(BO)
    bo.sees("What shall we call you?")
    bo.fill(name="Bo")
    bo.press("Go on")
    bo.press("Continue as Bo")
    bo.sees("Around Emil")
    assert [m.person.name for m in Circle.objects.get().memberships.current().order_by("pk")] == ["Ada", "Bo"]
