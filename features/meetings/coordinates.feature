Feature: Where the coordinates of a meeting come from
  A join names the meeting by thread, message and organizer. They come from the look-up of an online meeting or from the
  address with which people join.

  @CC-70 @joins @needs:conference-id
  Scenario: The coordinates from the online meeting look-up work for a join
    When the bot joins the scheduled meeting with the coordinates of its online meeting look-up
    Then Graph creates the call
    And the notification that the call is established has:
      | property   | value     |
      | changeType | "updated" |

  @CC-70 @joins @needs:conference-id @needs:second-participant
  Scenario: The coordinates from the online meeting look-up lead into that meeting
    Given John is in the scheduled meeting
    When the bot joins the scheduled meeting with the coordinates of its online meeting look-up
    Then the bot is notified:
      | of     | change  | state        | who           |
      | call   | updated | establishing |               |
      | call   | updated | established  |               |
      | roster | updated |              | John, the bot |

  @CC-71 @joins
  Scenario: The coordinates from the join address work for a join
    When the bot joins the scheduled meeting with the coordinates of its join address
    Then Graph creates the call
    And the notification that the call is established has:
      | property   | value     |
      | changeType | "updated" |

  @CC-72 @makes-no-call
  Scenario: The coordinates of another tenant's meeting are refused
    When the bot joins the scheduled meeting with the coordinates of another tenant
    Then Graph refuses with 403 "7505"
    And no call is created
    And nothing is notified

  # Whether the join of no meeting is refused, or ends without having been established, no public source says.
  @CC-72 @joins @assumption
  Scenario: A join with the coordinates of no meeting fails
    When the bot joins the scheduled meeting with the coordinates of no meeting
    Then the join fails
