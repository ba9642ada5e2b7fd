Feature: What a bot is notified of
  Graph posts every change of a call to the callback address of that call: as JSON, with a token that can be checked, in one
  envelope, under the path of what has changed.

  @CC-40 @rings
  Scenario: A change is posted as JSON with a bearer token
    When the bot sends the request of example 1
    Then every notification to the bot is in order

  @CC-40 @CC-50 @joins @needs:app-sets @makes-calls:2
  Scenario: Of two bots each is notified at its own address, with a token made out to it
    Given another bot is in the scheduled meeting
    When the bot joins the scheduled meeting
    Then every notification to the bot is in order
    And every notification to the other bot is in order

  @CC-50 @rings @needs:person-answers
  Scenario: The token of each notification of a call to a person can be checked
    Given John answers when called
    When the bot sends the request of example 1
    Then the notification that the call is established has:
      | property   | value     |
      | changeType | "updated" |
    And every notification to the bot is in order

  @CC-50 @joins
  Scenario: The token of each notification of a meeting can be checked
    When the bot sends the request of example 3
    Then the notification of the roster has:
      | property   | value     |
      | changeType | "updated" |
    And every notification to the bot is in order

  @CC-50b @rings @needs:person-answers
  Scenario: The token of each notification of a call to a person names the tenant of the call
    Given John answers when called
    When the bot sends the request of example 1
    Then the notification that the call is established has:
      | property   | value     |
      | changeType | "updated" |
    And all messages of the call come with a token of its tenant

  @CC-50b @joins
  Scenario: The token of each notification of a meeting names the tenant of the call
    When the bot sends the request of example 3
    Then the notification of the roster has:
      | property   | value     |
      | changeType | "updated" |
    And all messages of the call come with a token of its tenant

  @CC-41 @rings
  Scenario: The envelope of a change of a call to a person
    When the bot sends the request of example 1
    Then the notification that the call is establishing has:
      | property                 | value                                |
      | @odata.type              | "#microsoft.graph.commsNotification" |
      | changeType               | "updated"                            |
      | callbackUri              | the callback address                 |
      | resourceData/@odata.type | "#microsoft.graph.call"              |

  @CC-41 @rings @needs:person-answers
  Scenario: The envelope of the change that a call to a person is established
    Given John answers when called
    When the bot sends the request of example 1
    Then the notification that the call is established has:
      | property                 | value                                |
      | @odata.type              | "#microsoft.graph.commsNotification" |
      | changeType               | "updated"                            |
      | callbackUri              | the callback address                 |
      | resourceData/@odata.type | "#microsoft.graph.call"              |

  @CC-41 @joins
  Scenario Outline: The envelope of a change of a call in a meeting: <state>
    When the bot sends the request of example 3
    Then the notification that the call is <state> has:
      | property                 | value                                |
      | @odata.type              | "#microsoft.graph.commsNotification" |
      | changeType               | "updated"                            |
      | callbackUri              | the callback address                 |
      | resourceData/@odata.type | "#microsoft.graph.call"              |

    Examples:
      | state        |
      | establishing |
      | established  |

  @CC-41 @joins
  Scenario Outline: The envelope of a change of the roster: example <number>
    When the bot sends the request of example <number>
    Then the notification of the roster has:
      | property    | value                                |
      | @odata.type | "#microsoft.graph.commsNotification" |
      | changeType  | "updated"                            |
      | callbackUri | the callback address                 |

    Examples:
      | number |
      | 3      |
      | 6      |

  @CC-42 @rings
  Scenario: A change of a call to a person is under the path of the call, with its state and id
    When the bot sends the request of example 1
    Then the notification that the call is establishing has:
      | property                 | value                   |
      | resource                 | the path of the call    |
      | resourceData/@odata.type | "#microsoft.graph.call" |
      | resourceData/state       | "establishing"          |
      | resourceData/id          | the id of the call      |

  @CC-42 @rings @needs:person-answers
  Scenario: That a call to a person is established is under the path of the call, with its state and id
    Given John answers when called
    When the bot sends the request of example 1
    Then the notification that the call is established has:
      | property                 | value                   |
      | resource                 | the path of the call    |
      | resourceData/@odata.type | "#microsoft.graph.call" |
      | resourceData/state       | "established"           |
      | resourceData/id          | the id of the call      |

  @CC-42 @joins
  Scenario Outline: A change of a call in a meeting is under the path of the call, with its state and id: <state>
    When the bot sends the request of example 3
    Then the notification that the call is <state> has:
      | property                 | value                   |
      | resource                 | the path of the call    |
      | resourceData/@odata.type | "#microsoft.graph.call" |
      | resourceData/state       | "<state>"               |
      | resourceData/id          | the id of the call      |

    Examples:
      | state        |
      | establishing |
      | established  |

  @CC-42 @rings @needs:person-answers
  Scenario: Every notification of a call to a person names it, until the bot hangs up
    Given the bot is in a call with John
    When the bot hangs up
    Then the notification that the call is terminated has:
      | property        | value              |
      | resourceData/id | the id of the call |
    And all messages of the call name it

  @CC-42 @rings @needs:person-answers
  Scenario: Every notification of a call to a person names it, until the person hangs up
    Given the bot is in a call with John
    When John hangs up
    Then the notification that the call is terminated has:
      | property        | value              |
      | resourceData/id | the id of the call |
    And all messages of the call name it

  @CC-42 @rings @needs:person-declines
  Scenario: Every notification of a call that the person declines names it
    Given John declines when called
    When the bot sends the request of example 1
    Then the notification that the call is terminated has:
      | property        | value              |
      | resourceData/id | the id of the call |
    And all messages of the call name it

  @CC-42 @rings @needs:person-declines @makes-calls:2
  Scenario: Of two calls that the person declines each is notified under its own id
    Given John declines when called
    When the bot sends the request of example 1 twice
    Then the bot is notified of each call:
      | of   | change  | state        |
      | call | updated | establishing |
      | call | deleted | terminated   |
    And all messages of the call name it

  @CC-42 @rings
  Scenario: Every notification of a call that the person does not answer names it
    Given John does not answer when called
    When the bot sends the request of example 1 with a ringing time of 10 s
    Then the notification that the call is terminated has:
      | property        | value              |
      | resourceData/id | the id of the call |
    And all messages of the call name it

  @CC-42 @rings @needs:person-answers @needs:app-sets
  Scenario: Every notification of a call to several people names it
    Given the bot is granted every permission
    And John answers when called
    And Dora does not answer when called
    When the bot calls John and Dora at once
    Then the notification that the call is established has:
      | property        | value              |
      | resourceData/id | the id of the call |
    And all messages of the call name it

  @CC-42 @rings @needs:person-declines @needs:app-sets
  Scenario: Every notification of a call that several people decline names it
    Given the bot is granted every permission
    And John declines when called
    And Dora declines when called
    When the bot calls John and Dora at once
    Then the notification that the call is terminated has:
      | property        | value              |
      | resourceData/id | the id of the call |
    And all messages of the call name it

  @CC-42 @joins @needs:second-participant
  Scenario: Every notification of a meeting names the call, until the bot leaves
    Given John is in the scheduled meeting
    And the bot is in the scheduled meeting
    When the bot hangs up
    Then the notification that the call is terminated has:
      | property        | value              |
      | resourceData/id | the id of the call |
    And all messages of the call name it

  @CC-42 @joins @needs:second-participant
  Scenario: Every notification of a meeting names the call, until a person removes the bot
    Given John is in the channel meeting
    And the bot is in the channel meeting
    When John removes the bot from the channel meeting
    Then the notification that the call is terminated has:
      | property        | value              |
      | resourceData/id | the id of the call |
    And all messages of the call name it

  @CC-42 @joins @needs:lobby-held
  Scenario: Every notification of a guest in the lobby names the call, until the bot hangs up
    Given the bot is in the lobby of the channel meeting
    When the bot hangs up
    Then the notification that the call is terminated has:
      | property        | value              |
      | resourceData/id | the id of the call |
    And all messages of the call name it

  @CC-42 @joins @needs:lobby-held @needs:second-participant
  Scenario: Every notification of a guest who is admitted names the call
    Given John is in the channel meeting
    And John admits guests from the lobby of the channel meeting
    When the bot joins the channel meeting as a guest
    Then the notification that the call is established has:
      | property        | value              |
      | resourceData/id | the id of the call |
    And all messages of the call name it

  @CC-42 @joins @needs:lobby-held @needs:second-participant
  Scenario: Every notification of a guest who is refused names the call
    Given John is in the channel meeting
    And John refuses guests from the lobby of the channel meeting
    When the bot joins the channel meeting as a guest
    Then the notification that the call is terminated has:
      | property        | value              |
      | resourceData/id | the id of the call |
    And all messages of the call name it

  # The limit of the lobby is documented; its length is not.
  @CC-42 @joins @needs:lobby-held @assumption
  Scenario: Every notification of a guest who waits too long names the call
    Given guests stay in the lobby of the channel meeting
    When the bot joins the channel meeting as a guest
    Then the bot is notified within 45 minutes:
      | of     | change  | state        | who     | in the lobby |
      | call   | updated | establishing |         |              |
      | roster | updated |              | the bot | yes          |
      | call   | deleted | terminated   |         |              |
    And all messages of the call name it

  @CC-42 @joins @needs:second-participant @needs:app-sets @makes-calls:2
  Scenario: Of two bots in a meeting each is notified under its own call
    Given John is in the scheduled meeting
    And another bot is in the scheduled meeting
    And the bot is in the scheduled meeting
    When the bot hangs up
    Then the notification that the call is terminated has:
      | property        | value              |
      | resourceData/id | the id of the call |
    And all messages of the call name it

  @CC-42b @rings @needs:person-answers
  Scenario: That a call to a person is established says direction and tenant
    Given John answers when called
    When the bot sends the request of example 1
    Then the notification that the call is established has:
      | property               | value            |
      | resourceData/direction | "outgoing"       |
      | resourceData/tenantId  | the bot's tenant |

  @CC-43 @rings @needs:person-answers
  Scenario: A call to a person is establishing, then established, under one id
    Given John answers when called
    When the bot sends the request of example 1
    Then the bot is notified:
      | of   | change  | state        |
      | call | updated | establishing |
      | call | updated | established  |

  @CC-42 @CC-43 @rings @needs:person-answers @makes-calls:2
  Scenario: Of two calls each is notified under its own id
    Given John answers when called
    When the bot sends the request of example 1 twice
    Then the bot is notified of each call:
      | of   | change  | state        |
      | call | updated | establishing |
      | call | updated | established  |

  @CC-43 @rings
  Scenario: A call that is not answered stays establishing
    Given John does not answer when called
    When the bot sends the request of example 1
    Then the bot is notified:
      | of   | change  | state        |
      | call | updated | establishing |
    And nothing else is notified

  @CC-44 @rings @needs:person-answers
  Scenario: A call to a person has no roster
    Given John answers when called
    When the bot sends the request of example 1
    Then the bot is notified:
      | of   | change  | state        |
      | call | updated | establishing |
      | call | updated | established  |
    And nothing else is notified

  @CC-45 @joins @needs:second-participant
  Scenario Outline: A meeting has a roster in addition to the state of the call: <the meeting>
    Given John is in <the meeting>
    When the bot joins <the meeting>
    Then the bot is notified:
      | of     | change  | state        | who           |
      | call   | updated | establishing |               |
      | call   | updated | established  |               |
      | roster | updated |              | John, the bot |
    And nothing else is notified

    Examples:
      | the meeting           |
      | the scheduled meeting |
      | the channel meeting   |

  @CC-45 @joins @needs:second-participant
  Scenario: The roster follows when a person leaves
    Given John is in the scheduled meeting
    And Dora is in the scheduled meeting
    And the bot is in the scheduled meeting
    When John leaves the scheduled meeting
    Then the bot is notified:
      | of     | change  | state        | who                 |
      | call   | updated | establishing |                     |
      | call   | updated | established  |                     |
      | roster | updated |              | Dora, John, the bot |
      | roster | updated |              | Dora, the bot       |
    And nothing else is notified

  @CC-45 @joins @needs:second-participant
  Scenario: The roster follows when a person joins
    Given John is in the scheduled meeting
    And the bot is in the scheduled meeting
    When Dora joins the scheduled meeting
    Then the bot is notified:
      | of     | change  | state        | who                 |
      | call   | updated | establishing |                     |
      | call   | updated | established  |                     |
      | roster | updated |              | John, the bot       |
      | roster | updated |              | Dora, John, the bot |
    And nothing else is notified

  @CC-45 @joins @needs:second-participant
  Scenario: A person in another meeting is not on the roster
    Given John is in the scheduled meeting
    And Dora is in the channel meeting
    When the bot joins the scheduled meeting
    Then the bot is notified:
      | of     | change  | state        | who           |
      | call   | updated | establishing |               |
      | call   | updated | established  |               |
      | roster | updated |              | John, the bot |

  @CC-45 @joins @needs:second-participant @needs:app-sets @makes-calls:2
  Scenario: The rosters of two bots follow when a person leaves
    Given John is in the scheduled meeting
    And another bot is in the scheduled meeting
    And the bot is in the scheduled meeting
    When John leaves the scheduled meeting
    Then the bot is notified:
      | of     | change  | state        | who                        |
      | call   | updated | establishing |                            |
      | call   | updated | established  |                            |
      | roster | updated |              | another bot, John, the bot |
      | roster | updated |              | another bot, the bot       |
    And the other bot sees another bot and the bot

  @CC-45 @joins @needs:second-participant @needs:app-sets @makes-calls:2
  Scenario: The roster of another bot follows when a person removes the bot
    Given John is in the scheduled meeting
    And another bot is in the scheduled meeting
    And the bot is in the scheduled meeting
    When John removes the bot from the scheduled meeting
    Then the other bot sees another bot and John

  @CC-45 @joins @needs:second-participant @needs:app-sets @makes-calls:2
  Scenario: The roster of another bot follows when the bot hangs up
    Given John is in the scheduled meeting
    And another bot is in the scheduled meeting
    And the bot is in the scheduled meeting
    When the bot hangs up
    Then the other bot sees another bot and John

  @CC-45 @joins @needs:lobby-held @needs:second-participant @needs:app-sets @makes-calls:2
  Scenario: The roster of another bot follows when a guest is admitted
    Given John is in the channel meeting
    And John admits guests from the lobby of the channel meeting
    And another bot is in the channel meeting
    When the bot joins the channel meeting as a guest
    Then the other bot sees another bot, John and the bot

  @CC-45 @joins @needs:second-participant @needs:app-sets @makes-calls:2
  Scenario: Two bots in one meeting are on the roster of both
    Given John is in the scheduled meeting
    And another bot is in the scheduled meeting
    When the bot joins the scheduled meeting
    Then the bot is notified:
      | of     | change  | state        | who                        |
      | call   | updated | establishing |                            |
      | call   | updated | established  |                            |
      | roster | updated |              | another bot, John, the bot |
    And the other bot sees another bot, John and the bot

  @CC-46 @joins
  Scenario Outline: The roster is under its own path, as a collection of participants: example <number>
    When the bot sends the request of example <number>
    Then the notification of the roster has:
      | property                   | value                          |
      | resource                   | the path of its roster         |
      | resourceData/*/@odata.type | "#microsoft.graph.participant" |

    Examples:
      | number |
      | 3      |
      | 6      |

  @CC-46 @joins @needs:second-participant
  Scenario: The roster of a meeting with others in it is a collection of participants
    Given John is in the scheduled meeting
    When the bot sends the request of example 3
    Then the notification of the roster has:
      | property                   | value                          |
      | resource                   | the path of its roster         |
      | resourceData/*/@odata.type | "#microsoft.graph.participant" |

  @CC-47 @joins
  Scenario: The bot on the roster has identity, media streams, and whether muted or in the lobby
    When the bot sends the request of example 3
    Then the roster shows the bot with:
      | property                              | value                              |
      | info/@odata.type                      | "#microsoft.graph.participantInfo" |
      | info/identity/@odata.type             | "#microsoft.graph.identitySet"     |
      | info/identity/application/@odata.type | "#microsoft.graph.identity"        |
      | mediaStreams/*/@odata.type            | "#microsoft.graph.mediaStream"     |
      | mediaStreams/*/mediaType              | a media type                       |
      | mediaStreams/*/sourceId               | a text                             |
      | mediaStreams/*/direction              | a media direction                  |
      | mediaStreams/*/serverMuted            | yes or no                          |
      | isMuted                               | yes or no                          |
      | isInLobby                             | yes or no                          |
      | id                                    | a text                             |

  @CC-47 @joins
  Scenario: A guest on the roster has identity, media streams, and whether muted or in the lobby
    When the bot sends the request of example 6
    Then the notification of the roster has:
      | property                                        | value                              |
      | resourceData/*/info/@odata.type                 | "#microsoft.graph.participantInfo" |
      | resourceData/*/info/identity/@odata.type        | "#microsoft.graph.identitySet"     |
      | resourceData/*/mediaStreams/*/@odata.type       | "#microsoft.graph.mediaStream"     |
      | resourceData/*/mediaStreams/*/mediaType         | a media type                       |
      | resourceData/*/mediaStreams/*/sourceId          | a text                             |
      | resourceData/*/mediaStreams/*/direction         | a media direction                  |
      | resourceData/*/mediaStreams/*/serverMuted       | yes or no                          |
      | resourceData/*/isMuted                          | yes or no                          |
      | resourceData/*/isInLobby                        | yes or no                          |
      | resourceData/*/id                               | a text                             |
    And the roster shows the bot with:
      | property                        | value                       |
      | info/identity/guest/@odata.type | "#microsoft.graph.identity" |

  @CC-47 @joins @needs:second-participant
  Scenario: Everybody on the roster has identity, media streams, and whether muted or in the lobby
    Given John is in the scheduled meeting
    When the bot sends the request of example 3
    Then the notification of the roster has:
      | property                                  | value                              |
      | resourceData/*/info/@odata.type           | "#microsoft.graph.participantInfo" |
      | resourceData/*/info/identity/@odata.type  | "#microsoft.graph.identitySet"     |
      | resourceData/*/mediaStreams/*/@odata.type | "#microsoft.graph.mediaStream"     |
      | resourceData/*/mediaStreams/*/mediaType   | a media type                       |
      | resourceData/*/mediaStreams/*/sourceId    | a text                             |
      | resourceData/*/mediaStreams/*/direction   | a media direction                  |
      | resourceData/*/mediaStreams/*/serverMuted | yes or no                          |
      | resourceData/*/isMuted                    | yes or no                          |
      | resourceData/*/isInLobby                  | yes or no                          |
      | resourceData/*/id                         | a text                             |
    And the roster shows John with:
      | property                       | value                       |
      | info/identity/user/@odata.type | "#microsoft.graph.identity" |

  @CC-47 @joins @needs:second-participant
  Scenario: The roster shows that a person is no longer muted
    Given John is in the scheduled meeting
    And the bot is in the scheduled meeting
    When John unmutes in the scheduled meeting
    Then the roster shows John with:
      | property | value |
      | isMuted  | no    |

  @CC-47 @joins @needs:second-participant
  Scenario: The roster shows that a person is muted
    Given John is unmuted in the scheduled meeting
    And the bot is in the scheduled meeting
    When John mutes in the scheduled meeting
    Then the roster shows John with:
      | property | value |
      | isMuted  | yes   |

  @CC-48 @joins
  Scenario: The roster shows the bot under the participant id of the call
    When the bot sends the request of example 3
    Then the roster shows the bot with:
      | property                     | value                    |
      | id                           | the bot's participant id |
      | info/identity/application/id | the bot's application id |

  @CC-48 @joins @needs:app-sets @makes-calls:2
  Scenario: Of two bots the roster shows each under its own participant id
    Given another bot is in the scheduled meeting
    When the bot joins the scheduled meeting
    Then the roster shows the bot with:
      | property                     | value                    |
      | id                           | the bot's participant id |
      | info/identity/application/id | the bot's application id |

  @CC-48 @rings @needs:person-answers @needs:app-sets
  Scenario: The roster of a call to several people shows the bot under the participant id of the call
    Given the bot is granted every permission
    And John answers when called
    And Dora does not answer when called
    When the bot calls John and Dora at once
    Then the roster shows the bot with:
      | property                     | value                    |
      | id                           | the bot's participant id |
      | info/identity/application/id | the bot's application id |

  @CC-47 @CC-48 @joins @needs:second-participant
  Scenario: Participants are distinguished by their ids, which stay when a person joins
    Given John is in the scheduled meeting
    And the bot is in the scheduled meeting
    When Dora joins the scheduled meeting
    Then the roster shows Dora with:
      | property  | value |
      | isInLobby | no    |
    And all messages of the call distinguish its participants

  @CC-47 @CC-48 @joins @needs:second-participant
  Scenario: Participants are distinguished by their ids, which stay when a person leaves
    Given John is in the scheduled meeting
    And Dora is in the scheduled meeting
    And the bot is in the scheduled meeting
    When John leaves the scheduled meeting
    Then the bot is notified:
      | of     | change  | state        | who                 |
      | call   | updated | establishing |                     |
      | call   | updated | established  |                     |
      | roster | updated |              | Dora, John, the bot |
      | roster | updated |              | Dora, the bot       |
    And all messages of the call distinguish its participants

  @CC-47 @CC-48 @joins @needs:lobby-held @needs:second-participant
  Scenario: A guest keeps its id when it is admitted, and no other participant has it
    Given John is in the channel meeting
    And John admits guests from the lobby of the channel meeting
    When the bot joins the channel meeting as a guest
    Then the roster shows John with:
      | property  | value |
      | isInLobby | no    |
    And all messages of the call distinguish its participants

  @CC-47 @CC-48 @joins @needs:second-participant @needs:app-sets @makes-calls:2
  Scenario: Two bots and a person are distinguished by their ids
    Given John is in the scheduled meeting
    And another bot is in the scheduled meeting
    And the bot is in the scheduled meeting
    When John unmutes in the scheduled meeting
    Then the roster shows John with:
      | property | value |
      | isMuted  | no    |
    And all messages of the call distinguish its participants

  @CC-47 @CC-48 @rings @needs:person-answers @needs:app-sets
  Scenario: The participants of a call to several people are distinguished by their ids
    Given the bot is granted every permission
    And John answers when called
    And Dora answers when called
    When the bot calls John and Dora at once
    Then the roster shows John with:
      | property  | value |
      | isInLobby | no    |
    And the roster shows Dora with:
      | property  | value |
      | isInLobby | no    |
    And all messages of the call distinguish its participants

  @CC-49 @joins
  Scenario Outline: The notifications of a meeting carry its coordinates as sent: <state>
    When the bot sends the request of example 3
    Then the notification that the call is <state> has:
      | property                                              | value     |
      | resourceData/chatInfo    | the chatInfo that was sent    |
      | resourceData/meetingInfo | the meetingInfo that was sent |

    Examples:
      | state        |
      | establishing |
      | established  |

  @CC-49 @joins @needs:app-sets @makes-calls:2
  Scenario Outline: The notifications of a meeting carry its coordinates, also after a join of another meeting: <state>
    Given another bot is in the scheduled meeting
    When the bot joins the channel meeting
    Then the notification that the call is <state> has:
      | property                 | value                         |
      | resourceData/chatInfo    | the chatInfo that was sent    |
      | resourceData/meetingInfo | the meetingInfo that was sent |

    Examples:
      | state        |
      | establishing |
      | established  |
